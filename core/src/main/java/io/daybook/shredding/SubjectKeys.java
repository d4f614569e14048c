package io.daybook.shredding;

import java.time.Duration;
import java.util.Optional;

/**
 * Keeps the key of each subject, the person whose data are encrypted: the SPI that a store of keys implements. What it
 * promises is checked by {@code SubjectKeysContract}, which is shipped in the test jar of the core module. Implementations
 * are safe for use by many threads.
 *
 * <pre>{@code
 * SubjectKeys cached = SubjectKeys.cached(keys, 10_000, Duration.ofMinutes(5));
 * SubjectKey key = cached.findOrCreate("17");
 * cached.destroy("17");
 * boolean gone = cached.find("17").orElseThrow().isDestroyed();
 * }</pre>
 *
 * <p>A subject is named by 1 to 128 characters of any kind that UTF-8 can hold; names that differ in a single one, also
 * in case alone, are different subjects. The name is stored beside the data in clear text and outlives them: it must not
 * be personal itself, so it is a random id and no e-mail address.
 *
 * <p>What every implementation keeps:
 * <ul>
 *   <li>A subject has one key, ever. However many threads and processes create it at once, all of them get the same.
 *   <li>A key is 256 random bits, best from {@link SubjectKey#create()}, and is durable before it is returned: what was
 *       encrypted under a key that is lost in a crash is lost with it.
 *   <li>Destroyed is for good. The store remembers that, without the key, for as long as there are events: no key is
 *       created for that subject again, and "destroyed" can be told from "never heard of", so that an application that
 *       looks into the wrong store of keys fails and does not take all its data for shredded.
 *   <li>When {@link #destroy} returns, no copy of the key can be got from the store by any process. Copies elsewhere live
 *       on: those in a backup of the store, as long as it is kept, and those in a {@link #cached cache}, as long as its
 *       bound says. A store does not cache by itself.
 *   <li>A store that cannot be reached, or does not answer in time, throws
 *       {@link io.daybook.eventstore.EventStoreUnavailableException} with the outcome
 *       {@link io.daybook.eventstore.EventStoreUnavailableException.Outcome#NOT_STORED}, and never answers "none" or
 *       "destroyed" instead. Then nothing is appended, and no event with data of that subject is read; both can be tried
 *       again.
 *   <li>No key is in a message or a log.
 * </ul>
 *
 * <p>It is asked once for each subject of an event, in the thread that appends or reads, so a store that is a network away
 * belongs behind {@link #cached}.
 */
public interface SubjectKeys {

    /**
     * Looks up the key of a subject.
     *
     * @param subject the subject
     * @return its key, perhaps a {@linkplain SubjectKey#isDestroyed() destroyed} one; empty if none was ever created
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the store cannot be reached
     */
    Optional<SubjectKey> find(String subject);

    /**
     * Returns the key of a subject, and creates it if there is none yet.
     *
     * @param subject the subject
     * @return its key, not a destroyed one
     * @throws SubjectShreddedException if its key was destroyed
     * @throws io.daybook.eventstore.EventStoreUnavailableException if the store cannot be reached
     */
    SubjectKey findOrCreate(String subject);

    /**
     * Destroys the key of a subject for good, and with it all that was encrypted under it. A subject without a key gets
     * none any more. To destroy again does no harm.
     *
     * @param subject the subject
     * @throws io.daybook.eventstore.EventStoreUnavailableException if it is not known whether the key was destroyed; to
     *     be tried again
     */
    void destroy(String subject);

    /**
     * Keeps keys in memory in front of another store.
     *
     * <p>This process takes no notice of a key that another one destroys until {@code maxAge} has passed, counted from
     * before the key was fetched; until then it reads, and encrypts, under that key. What is destroyed through the cache
     * itself is destroyed at once. That a key is destroyed is kept too, that there is none is not.
     *
     * @param behind the store of keys
     * @param maxEntries how many keys to keep at most, 1 or more; the one that was not used for longest goes first
     * @param maxAge how long a key is used without asking again, more than zero, at most a day
     * @return the store
     * @throws IllegalArgumentException if a bound is out of its range
     */
    static SubjectKeys cached(SubjectKeys behind, int maxEntries, Duration maxAge) {
        return new CachedSubjectKeys(behind, maxEntries, maxAge, System::nanoTime);
    }
}
