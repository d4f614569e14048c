package io.daybook.shredding;

import java.time.Duration;
import java.util.Optional;

/**
 * A store of encryption keys, with one key for each subject (a person whose data is encrypted). SPI for key stores. The
 * class {@code SubjectKeysContract} in the core module's test jar tests implementations against the guarantees below.
 * Implementations are thread-safe.
 *
 * <pre>{@code
 * SubjectKeys cached = SubjectKeys.cached(keys, 10_000, Duration.ofMinutes(5));
 * SubjectKey key = cached.findOrCreate("17");
 * cached.destroy("17");
 * boolean gone = cached.find("17").orElseThrow().isDestroyed();
 * }</pre>
 *
 * <p>The name of a subject consists of 1 to 128 characters that UTF-8 can encode. Names that differ in a single
 * character, even if only in case, identify different subjects. The name is stored in plaintext with the data and
 * outlives it, so it must not be personal data. Use a random id, not an email address.
 *
 * <p>Every implementation guarantees:
 * <ul>
 *   <li>A subject only ever has one key. If several threads or processes create the key concurrently, all of them get
 *       the same one.
 *   <li>A key is 256 random bits, preferably from {@link SubjectKey#create()}, and is durable before it is returned. If
 *       a crash lost the key, all data that was encrypted under it would be lost as well.
 *   <li>Destruction is permanent. The store keeps a record of it, without the key, for as long as there are events. No
 *       key is created for that subject again. A destroyed key is distinguishable from an unknown subject, so an
 *       application that uses the wrong key store fails instead of treating all its data as shredded.
 *   <li>After {@link #destroy} returns, no process can get a copy of the key from the store. Copies elsewhere remain: in backups of the
 *       store, for as long as they are kept, and in a {@link #cached cache}, until its maximum age. A store does not cache on its own.
 *   <li>A store that is unreachable, or does not respond in time, throws
 *       {@link io.daybook.eventstore.EventStoreUnavailableException} with the outcome
 *       {@link io.daybook.eventstore.EventStoreUnavailableException.Outcome#NOT_STORED}. The store never reports the
 *       key as missing or destroyed instead. After this exception, nothing is appended, and no event with data of that
 *       subject is read. Both can be retried.
 *   <li>Messages and logs contain no key.
 * </ul>
 *
 * <p>The store is called once for each subject of an event, in the thread that appends or reads, so use {@link #cached}
 * in front of a remote store.
 */
public interface SubjectKeys {

    /**
     * Finds the key of a subject.
     *
     * @param subject the subject
     * @return its key, possibly {@linkplain SubjectKey#isDestroyed() destroyed}; empty if no key was ever created
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the store cannot be reached
     */
    Optional<SubjectKey> find(String subject);

    /**
     * Returns the key of a subject, creating it if it does not exist.
     *
     * @param subject the subject
     * @return its key, which is not destroyed
     * @throws SubjectShreddedException if its key was destroyed
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the store cannot be reached
     */
    SubjectKey findOrCreate(String subject);

    /**
     * Destroys the key of a subject permanently, and with it all data that was encrypted under it. If the subject has
     * no key, none can be created afterward. Idempotent.
     *
     * @param subject the subject
     * @throws io.daybook.eventstore.EventStoreUnavailableException if it is unknown whether the key was destroyed; call
     *     this method again
     */
    void destroy(String subject);

    /**
     * Returns a store that caches the keys of another store in memory.
     *
     * <p>This process does not notice that another process has destroyed a key until {@code maxAge} has passed since
     * the request for the key was sent. Until then, it continues to encrypt and decrypt under that key. Destroying a
     * key through the cache takes effect immediately in this process. The cache remembers that a key is destroyed, but
     * not that a key does not exist.
     *
     * @param behind the key store
     * @param maxEntries the maximum number of cached keys, 1 or more; the least recently used key is evicted first
     * @param maxAge the time after which a key is fetched again, more than zero and at most one day
     * @return the caching store
     * @throws IllegalArgumentException if a limit is out of range
     */
    static SubjectKeys cached(SubjectKeys behind, int maxEntries, Duration maxAge) {
        return new CachedSubjectKeys(behind, maxEntries, maxAge, System::nanoTime);
    }
}
