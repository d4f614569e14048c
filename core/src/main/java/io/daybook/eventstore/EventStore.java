package io.daybook.eventstore;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A store for the events of all streams. SPI for database adapters.
 *
 * <pre>{@code
 * StreamId stream = StreamId.of("Order", "42");
 * long version = eventStore.currentVersion(stream);
 * eventStore.read(stream, 0, version).forEach(event -> System.out.println(event.metadata()));
 * }</pre>
 *
 * <p>Every method blocks, and every implementation is thread-safe.
 *
 * <h2>The contract</h2>
 * Each method documents its part of the contract. The class {@code EventStoreContract} tests all of it. The class is in the package
 * {@code io.daybook.contract} of this module's test jar (Maven: {@code <type>test-jar</type>}). If your store passes these tests, it can
 * replace any other store. To run them, extend the class:
 *
 * <pre>{@code
 * class OrdersStoreTest extends EventStoreContract {
 *     protected EventStore store(EventSerializer serializer) {
 *         return new InMemoryEventStore(serializer); // your store instead: a new one, without events
 *     }
 * }
 * }</pre>
 *
 * <p>To summarize, a custom store
 * <ul>
 *   <li>encodes events with {@code EventSerializer.encode(EventEnvelope)}, so that an event read from a store is copied unchanged, and the
 *       metadata of a new event is checked against its class;
 *   <li>returns {@link EventEnvelope#stored stored} events, which are decoded lazily: a read never fails because of the content of an
 *       event;
 *   <li>checks the timeout first and again after the events are encoded ({@link CommandTimeout#check CommandTimeout.check}), then the
 *       limits ({@link AppendLimits#check AppendLimits.check}), both before it sends anything;
 *   <li>checks the command before the version ({@link HandledCommand#asDuplicateOf HandledCommand.asDuplicateOf}), and keeps handled
 *       commands for 30 days or as its options specify;
 *   <li>checks the event at the expected version, and reports in its result if that event is not the one that the
 *       options specify ({@link AppendResult#stored AppendResult.stored});
 *   <li>accepts only one of several writers at the same version, across processes; the others get a {@link ConcurrencyException} with the
 *       actual version of the stream, and with the conflicting events if the store has read them;
 *   <li>shows readers all events of an append or none of them, and shows them immediately to readers that use the same store instance;
 *   <li>distinguishes streams and command ids by every character, including case;
 *   <li>keeps data and metadata unchanged, including the nanoseconds of the timestamp;
 *   <li>keeps a record that a stream was {@linkplain #delete(StreamId, long) deleted}, so that no new stream can reuse
 *       its id;
 *   <li>reports a database that cannot be reached or does not respond as {@link EventStoreUnavailableException}.
 * </ul>
 * The guide {@code docs/guide/your-own-store.md} contains a small store that passes these tests.
 *
 * <h2>Outcomes of an append</h2>
 * An append stores all of its events or none, and its outcome is well defined:
 * <ul>
 *   <li>normal return: the events are stored once, by this attempt or by an earlier attempt at the same append. The
 *       store recognizes an earlier attempt by the metadata of all its events, and does not report it as a duplicate.
 *       Events with the same ids but another timestamp are a different append;
 *   <li>{@link ConcurrencyException}, {@link CommandIdReusedException}, {@link CommandRejectedException},
 *       {@link AppendTooLargeException}, {@link CommandTimeoutException}, {@link StreamDeletedException},
 *       {@link StreamFullException}: nothing is stored;
 *   <li>{@link EventStoreUnavailableException}: the exception reports whether nothing is stored or the outcome is
 *       unknown. After an unknown outcome, only the <em>same</em> append (same metadata of all events) may be sent
 *       again. If that append fails with a {@code ConcurrencyException} whose actual version is <em>less</em> than the
 *       expected one, the earlier attempt may still take effect. An idempotency key protects against that.
 * </ul>
 * A store whose connection can lose a response retries the same append until the outcome is known, the timeout has expired, or the store's
 * own limit is reached.
 */
public interface EventStore {

    /**
     * Checks that events of these types can be stored and read. A repository calls this method when it is created, so
     * that a missing type is detected before the first command. The default accepts all types. A store with an
     * {@code EventSerializer} delegates the call to it.
     *
     * @param types the event types of an aggregate type
     * @throws IllegalArgumentException if one of them is not registered
     */
    default void requireEventTypes(EventTypes types) {}

    /**
     * Appends events to the end of a stream, all of them or none.
     *
     * <p>If the options contain an idempotency key, the store records in the same transaction that the command was
     * handled. The key is checked before the version. If the key is already stored with the same fingerprint, nothing
     * is appended and the first result is returned, marked as a duplicate. The scope of a key is its stream.
     *
     * @param stream the stream; created if it has no events
     * @param expectedVersion the expected version of the stream, 0 if the stream must have no events
     * @param events 1 or more events, whose metadata names this stream and the sequence numbers {@code expectedVersion + 1, …}. Events that
     *     were {@linkplain EventEnvelope#stored read from a store} are stored unchanged, under their existing type and version, so that
     *     streams can be copied and repaired. New events are encoded. A database that stores JSON as a document may change white space and
     *     escapes
     * @param options the idempotency key, the event that the decision was {@linkplain AppendOptions#builtOn(String) based on} and the
     *     timeout of this append
     * @return the sequence numbers of the events, and the event that precedes them if it is not the one that the decision was based on. The
     *     events are stored even in that case
     * @throws ConcurrencyException if the stream is at another version, ahead or behind
     * @throws CommandIdReusedException if the command id is stored with another fingerprint
     * @throws CommandRejectedException if a rejection is {@linkplain #recordRejection recorded} under the command id
     * @throws StreamDeletedException if the stream was deleted
     * @throws StreamFullException if the stream has reached the size limit of the database
     * @throws AppendTooLargeException if there are too many events or they are too large; checked before anything is sent
     * @throws CommandTimeoutException if the timeout expired before the append was started
     * @throws EventStoreUnavailableException if the store cannot be reached
     * @throws IllegalArgumentException if there are no events, their metadata does not match the stream and version, or
     *     the metadata of a new event names a type or version other than that of its class
     */
    AppendResult append(StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options);

    /**
     * Reads a range of a stream in ascending order, without gaps from the first requested number. Events are fetched page by page while the
     * result is consumed, so reading a stream of any length needs memory for only one page.
     *
     * @param stream the stream
     * @param afterVersion the sequence number before the first requested event; 0 to start with the first event
     * @param toVersion the sequence number of the last requested event; {@link Long#MAX_VALUE} to read to the end
     * @return the events; empty if the stream has no events in that range. The result need not be closed, and can be consumed only once, by
     *     one thread. Consuming it throws {@link EventStoreUnavailableException} if the store cannot be reached, and
     *     {@link StreamDeletedException} if the stream was deleted. If the stream is deleted during consumption, the result is either that
     *     exception or the whole range. For a deleted stream, the result may also be empty if the range is empty, or if {@code toVersion}
     *     is {@link Long#MAX_VALUE} and {@code afterVersion} is greater than the stream's last version
     * @throws IllegalArgumentException if {@code afterVersion} is negative or greater than {@code toVersion}
     */
    Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion);

    /**
     * Reads all events after a version, like {@link #read}, but never from a replica that lags behind the committed
     * events. A repository calls this method before it rejects a command or reports that nothing changed. A store whose
     * reads are always current keeps this default.
     *
     * @param stream the stream
     * @param afterVersion the sequence number before the first requested event; 0 to start with the first event
     * @return the events, under the conditions of {@link #read}
     * @throws IllegalArgumentException if {@code afterVersion} is negative
     */
    default Stream<EventEnvelope> readCurrent(StreamId stream, long afterVersion) {
        return read(stream, afterVersion, Long.MAX_VALUE);
    }

    /**
     * Returns the version of a stream.
     *
     * @param stream the stream
     * @return the sequence number of the last event, 0 if the stream has no events
     * @throws StreamDeletedException if the stream was deleted
     * @throws EventStoreUnavailableException if the store cannot be reached
     */
    long currentVersion(StreamId stream);

    /**
     * Looks up whether a command was handled on a stream. The store keeps handled commands for the time that its options specify, 30 days
     * by default.
     *
     * @param stream the stream
     * @param commandId the id of the command
     * @return the record of the command's events or of its rejection; empty if the command was not handled on the
     *     stream, if its record has expired, or if the record was deleted with the stream
     * @throws EventStoreUnavailableException if the store cannot be reached
     */
    Optional<HandledCommand> findCommand(StreamId stream, String commandId);

    /**
     * Records that a command was rejected, unless the store already has a record of the command. Later appends with the
     * same key fail with {@link CommandRejectedException}. Recording a rejection twice is harmless: the first record
     * counts. The record of a rejection expires like any other record of a command. A stream without events can have
     * such records; its version remains 0, and feeds deliver nothing for it.
     *
     * <p>Without a record, a redelivered command runs again, and a sender that received the rejection does not learn
     * that the command took effect later. See {@code CommandMetadata.Builder.recordRejections}.
     *
     * <pre>{@code
     * AppendOptions.IdempotencyKey key = new AppendOptions.IdempotencyKey("c1", "a hash of the content of the command");
     * HandledCommand first = eventStore.recordRejection(StreamId.of("Order", "42"), key, DomainException.class.getName());
     * boolean tookEffect = first.rejection().isEmpty(); // another sender's attempt was accepted first
     * }</pre>
     *
     * @param stream the stream of the aggregate that rejected the command
     * @param command the idempotency key of the command
     * @param error the class name of the exception
     * @return the record that counts: the new record, or the existing one, which may be that of an accepted command
     * @throws StreamDeletedException if the stream was deleted; a store that does not check this may keep the record
     *     until it expires
     * @throws EventStoreUnavailableException if the store cannot be reached; call this method again
     */
    HandledCommand recordRejection(StreamId stream, IdempotencyKey command, String error);

    /**
     * Finds events across streams by their metadata. Events are fetched page by page while they are consumed.
     *
     * @param filter the conditions on the events
     * @return the events ordered by timestamp, and by sequence number if the timestamps are equal. The result need not
     *     be closed, and can be consumed only once, by one thread. Consuming it throws
     *     {@link EventStoreUnavailableException} if the store cannot be reached
     */
    Stream<EventEnvelope> find(EventFilter filter);

    /**
     * Returns the ranges of a scan. Every stream belongs to one range, and ranges can be scanned concurrently.
     *
     * @return 1 or more names of ranges, valid for as long as the store exists; the default is one range
     * @throws EventStoreUnavailableException if the store cannot be reached
     */
    default List<String> scanRanges() {
        return List.of("all");
    }

    /**
     * Reads all events of a range once, page by page, for a rebuild. Every event that was stored before the first page
     * was requested is in one of the pages, unless its stream is deleted. Events that are stored later may or may not
     * be included. The events of a stream are returned in order, unless this default implementation is used and
     * timestamps within the stream go backward.
     *
     * <p>The default reads pages with {@link #find}. A store that can scan more cheaply overrides this method.
     *
     * <pre>{@code
     * for (String range : eventStore.scanRanges()) {
     *     ScanPage page = eventStore.scan(range, "");
     *     while (!page.isLast()) {
     *         page = eventStore.scan(range, page.next());
     *     }
     * }
     * }</pre>
     *
     * @param range one of {@link #scanRanges}
     * @param after empty for the first page, or the {@link ScanPage#next} of the previous page
     * @return a page, which may be empty even if more pages follow
     * @throws IllegalArgumentException if the range or the position does not belong to this store
     * @throws EventStoreUnavailableException if the store cannot be reached
     */
    default ScanPage scan(String range, String after) {
        if (!scanRanges().contains(range)) {
            throw new IllegalArgumentException("the store has no range " + range + ": use one of scanRanges()");
        }
        return ScanByTime.page(this, after);
    }

    /**
     * Deletes a stream permanently: its events, and the commands that were handled on it. The store keeps a record of
     * the deletion, so that no other stream can reuse the id. Appends, reads and version requests that start later fail
     * with {@link StreamDeletedException}. Queries no longer find the events of the stream, and feeds no longer deliver
     * them. Events that were already delivered cannot be recalled.
     *
     * <p>The stream counts as deleted from the first step of the deletion, even if the deletion never completes. Until
     * it completes, queries may find some of the events, a feed may deliver the first of them, in order and without a
     * gap, and an append of a command that was handled before may return its first result. Deleting a stream that is
     * already deleted, at any version, is harmless, and removes what a failed deletion left behind.
     *
     * <p>If a concurrent append is stored first, this deletion fails with a conflict. Otherwise the append fails.
     * Snapshots are stored elsewhere: {@code AggregateRepository.delete} deletes the stream and its snapshot.
     *
     * @param stream the stream; a stream without events is also closed permanently
     * @param expectedVersion the expected version of the stream, 0 if the stream must have no events
     * @throws ConcurrencyException if the stream is at another version; nothing was deleted
     * @throws EventStoreUnavailableException if the store cannot be reached, or becomes unreachable before the deletion
     *     completes. If the outcome is unknown, call this method again until it succeeds
     * @throws IllegalArgumentException if {@code expectedVersion} is negative
     */
    void delete(StreamId stream, long expectedVersion);

    /**
     * Deletes a stream permanently, at any version. In all other respects, this method works like
     * {@link #delete(StreamId, long)}. The store closes the stream first and then empties it, so the deletion completes
     * no matter how fast other writers append. Their appends are either stored first and then deleted, or fail with
     * {@link StreamDeletedException}. This method never fails with a conflict.
     *
     * @param stream the stream; a stream without events is also closed permanently
     * @throws EventStoreUnavailableException if the store cannot be reached, or becomes unreachable before the deletion
     *     completes. If the outcome is unknown, call this method again until it succeeds
     */
    void delete(StreamId stream);
}
