//! The methods that there are, by path: which are streams.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

/// What a method carries each way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Method {
    /// Its answer is a stream.
    pub(super) streams: bool,
    /// Its request is a stream.
    pub(super) takes_stream: bool,
}

/// Every method by its path.
static METHODS: LazyLock<HashMap<String, Method>> = LazyLock::new(|| {
    let sets = [
        crate::proto::FILE_DESCRIPTOR_SET,
        tonic_health::pb::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1::FILE_DESCRIPTOR_SET,
        tonic_reflection::pb::v1alpha::FILE_DESCRIPTOR_SET,
    ];
    let mut methods = HashMap::new();
    for set in sets {
        let pool = DescriptorPool::decode(set).expect("descriptors that the build made can be read");
        for method in pool.services().flat_map(|service| service.methods().collect::<Vec<_>>()) {
            let path = format!("/{}/{}", method.parent_service().full_name(), method.name());
            let (streams, takes_stream) = (method.is_server_streaming(), method.is_client_streaming());
            methods.insert(path, Method { streams, takes_stream });
        }
    }
    methods
});

/// The method of a path.
pub(super) fn of(path: &str) -> Option<Method> {
    METHODS.get(path).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_from_single_answers() {
        let is = |streams, takes_stream| Some(Method { streams, takes_stream });
        assert_eq!(of("/entente.v1.ChangeService/SubscribeEvents"), is(true, false));
        assert_eq!(of("/grpc.health.v1.Health/Watch"), is(true, false));
        assert_eq!(of("/entente.v1.LedgerService/AppendEvents"), is(false, false));
        assert_eq!(of("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"), is(true, true));
        assert_eq!(of("/entente.v1.LedgerService/AppendEventStream"), is(true, true));
        assert_eq!(of("/entente.v1.LedgerService/Nothing"), None);
        assert_eq!(of("/"), None);
    }
}
