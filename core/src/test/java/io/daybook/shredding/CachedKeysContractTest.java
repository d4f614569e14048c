package io.daybook.shredding;

import io.daybook.contract.SubjectKeysContract;
import io.daybook.inmemory.InMemorySubjectKeys;
import java.time.Duration;

/** Within its bound a cache is told of nothing that happens elsewhere, so here all go through one. */
class CachedKeysContractTest extends SubjectKeysContract {

    private final SubjectKeys keys = SubjectKeys.cached(new InMemorySubjectKeys(), 1_000, Duration.ofHours(1));

    @Override
    protected SubjectKeys keys() {
        return keys;
    }
}
