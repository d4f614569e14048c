package io.daybook.inmemory;

import io.daybook.contract.SubjectKeysContract;
import io.daybook.shredding.SubjectKeys;

class InMemorySubjectKeysTest extends SubjectKeysContract {

    private final SubjectKeys keys = new InMemorySubjectKeys();

    @Override
    protected SubjectKeys keys() {
        return keys;
    }
}
