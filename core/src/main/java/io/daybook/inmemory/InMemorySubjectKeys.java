package io.daybook.inmemory;

import io.daybook.shredding.SubjectKey;
import io.daybook.shredding.SubjectKeys;
import io.daybook.shredding.SubjectShreddedException;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * A key store in memory, for tests only. When the process ends, the keys are lost, and all data that was encrypted with
 * them becomes unreadable. Thread-safe.
 *
 * <pre>{@code
 * SubjectKeys keys = new InMemorySubjectKeys();
 * EventSerializer shredding = ShreddingEventSerializer.of(serializer, keys);
 * }</pre>
 */
public final class InMemorySubjectKeys implements SubjectKeys {

    private final ConcurrentMap<String, SubjectKey> keys = new ConcurrentHashMap<>();

    /** Creates an empty store. */
    public InMemorySubjectKeys() {}

    @Override
    public Optional<SubjectKey> find(String subject) {
        return Optional.ofNullable(keys.get(subject));
    }

    @Override
    public SubjectKey findOrCreate(String subject) {
        SubjectKey key = keys.computeIfAbsent(subject, created -> SubjectKey.create());
        if (key.isDestroyed()) {
            throw new SubjectShreddedException(subject);
        }
        return key;
    }

    @Override
    public void destroy(String subject) {
        keys.put(subject, SubjectKey.destroyed());
    }
}
