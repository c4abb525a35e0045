//! The hash map of what is looked up for every event. Its hash is far cheaper than the standard one on names and ids, and
//! as hard to aim at for whoever cannot see this process: it is seeded anew in each.

/// A hash map by a fast hash.
pub(super) type Map<K, V> = std::collections::HashMap<K, V, foldhash::fast::RandomState>;
