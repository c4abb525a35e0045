//! The methods that there are, by path: which are streams, and which paths may be a label of a counter.

use std::collections::HashMap;
use std::sync::LazyLock;

use prost_reflect::DescriptorPool;

/// Every method by its path: whether its answer is a stream, and whether its request is.
static METHODS: LazyLock<HashMap<String, (bool, bool)>> = LazyLock::new(|| {
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
            methods.insert(path, (method.is_server_streaming(), method.is_client_streaming()));
        }
    }
    methods
});

/// Whether some method has this path.
pub(super) fn exists(path: &str) -> bool {
    METHODS.contains_key(path)
}

/// Whether the method of this path answers with a stream.
pub(super) fn streams(path: &str) -> bool {
    METHODS.get(path).is_some_and(|(answer, _)| *answer)
}

/// Whether the method of this path takes a stream of requests.
pub(super) fn takes_stream(path: &str) -> bool {
    METHODS.get(path).is_some_and(|(_, request)| *request)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_are_told_from_single_answers() {
        assert!(streams("/entente.v1.ChangeService/SubscribeEvents"));
        assert!(streams("/grpc.health.v1.Health/Watch"));
        assert!(exists("/entente.v1.LedgerService/AppendEvents") && !streams("/entente.v1.LedgerService/AppendEvents"));
        assert!(exists("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"));
        assert!(takes_stream("/entente.v1.LedgerService/AppendEventStream"));
        assert!(!takes_stream("/entente.v1.ChangeService/SubscribeEvents"));
        assert!(!exists("/entente.v1.LedgerService/Nothing") && !streams("/"));
    }
}
