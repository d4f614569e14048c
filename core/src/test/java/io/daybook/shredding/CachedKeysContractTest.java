package io.daybook.shredding;

import io.daybook.contract.SubjectKeysContract;
import io.daybook.inmemory.InMemorySubjectKeys;
import java.time.Duration;

/** Until its maximum age a cache does not notice changes elsewhere, so all tests share one. */
class CachedKeysContractTest extends SubjectKeysContract {

    private final SubjectKeys keys = SubjectKeys.cached(new InMemorySubjectKeys(), 1_000, Duration.ofHours(1));

    @Override
    protected SubjectKeys keys() {
        return keys;
    }
}
