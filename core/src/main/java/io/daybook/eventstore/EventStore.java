package io.daybook.eventstore;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventTypes;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Keeps the events of all streams: the SPI that a database adapter implements.
 *
 * <pre>{@code
 * StreamId stream = StreamId.of("Order", "42");
 * long version = eventStore.currentVersion(stream);
 * eventStore.read(stream, 0, version).forEach(event -> System.out.println(event.metadata()));
 * }</pre>
 *
 * <p>Every method blocks, and every implementation is safe for use by many threads.
 *
 * <h2>The contract</h2>
 * What each method promises is stated with it, and checked by {@code EventStoreContract} in the package {@code io.daybook.contract} of
 * this module's test jar (Maven: {@code <type>test-jar</type>}). A store that passes it can stand in for any other:
 *
 * <pre>{@code
 * class OrdersStoreTest extends EventStoreContract {
 *     protected EventStore store(EventSerializer serializer) {
 *         return new InMemoryEventStore(serializer); // yours: a new one, without events
 *     }
 * }
 * }</pre>
 *
 * <p>In short, a store that one writes
 * <ul>
 *   <li>encodes events with {@code EventSerializer.encode(EventEnvelope)}, so that an event that was read from a store is copied as
 *       it is and the metadata of a new one are checked against its class, and hands out {@link EventEnvelope#stored stored} ones, which decode late: a read
 *       never fails for the content of an event;
 *   <li>checks the deadline first and again once the events are encoded ({@link CommandTimeout#check CommandTimeout.check}), then the limits ({@link AppendLimits#check AppendLimits.check}),
 *       both before anything is sent;
 *   <li>checks the command before the version ({@link HandledCommand#asDuplicateOf HandledCommand.asDuplicateOf}), and remembers commands
 *       for 30 days or as its options say;
 *   <li>looks at the event at the expected version, and says in its result if it is not the one that the options name
 *       ({@link AppendResult#stored AppendResult.stored});
 *   <li>lets only one of several writers at the same version win, across processes; the others get a {@link ConcurrencyException} with
 *       the version that the stream has, and with the events in the way if it has read them;
 *   <li>shows all events of an append to readers, or none of them, and at once to whoever reads through the same object;
 *   <li>tells streams and command ids apart by every character, upper and lower case included;
 *   <li>keeps data and metadata as they were given, to the nanosecond of the timestamp, and never alters them;
 *   <li>keeps of a stream that is {@linkplain #delete(StreamId, long) deleted} that it was, so that nothing new can pass for it;
 *   <li>reports whatever keeps it from answering as {@link EventStoreUnavailableException}.
 * </ul>
 * The guide has a store of 150 lines that passes, in {@code docs/guide/your-own-store.md}.
 *
 * <h2>Outcomes of an append</h2>
 * An append is all or nothing, and its outcome is never a guess:
 * <ul>
 *   <li>it returns: the events are stored, once, or they were stored by an earlier attempt of the same append, which is recognized by
 *       the metadata of all its events and is no duplicate; events with known ids and another timestamp are another append;
 *   <li>{@link ConcurrencyException}, {@link CommandIdReusedException}, {@link AppendTooLargeException},
 *       {@link CommandTimeoutException}, {@link StreamDeletedException}, {@link StreamFullException}: nothing of it is stored;
 *   <li>{@link EventStoreUnavailableException}: the exception says whether nothing is stored or the outcome is unknown. After an unknown
 *       outcome only the <em>same</em> append (same metadata of all events) may be sent again. If that is answered with a
 *       {@code ConcurrencyException} whose actual version is <em>less</em> than the expected one, the earlier attempt may still take
 *       effect; a command id protects against that.
 * </ul>
 * A store whose connection can lose a reply sends the same append again by itself until the outcome is known or the deadline, or its
 * own bound, has passed.
 */
public interface EventStore {

    /**
     * Checks that events of these types can be stored and read. A repository calls it when it is built, so that a type that
     * is missing from the serializer is found before the first command. The default accepts all types; a store with an
     * {@code EventSerializer} passes the call on to it.
     *
     * @param types the events of an aggregate type
     * @throws IllegalArgumentException if one of them is not registered
     */
    default void requireEventTypes(EventTypes types) {}

    /**
     * Appends events to the end of a stream, all of them or none.
     *
     * <p>Where the options name a command, that the command was handled is stored in the same transaction. The command
     * is checked before the version: if it is stored already with the same fingerprint, nothing is appended and the
     * first result is returned, marked as a duplicate. A command's scope is its stream.
     *
     * @param stream the stream; one without events is created
     * @param expectedVersion the version that the stream has, 0 if it has no events
     * @param events 1 or more events, whose metadata name this stream and the sequence numbers
     *     {@code expectedVersion + 1, …}. Those that were {@linkplain EventEnvelope#stored read from a store} are stored as they are,
     *     under the type and version that they have, so that streams can be copied and repaired; new ones are encoded. A database that
     *     holds JSON as a document may change white space and escapes
     * @param options the command, the event that the decision was {@linkplain AppendOptions#builtOn(String) built on} and the
     *     deadline of this append
     * @return the sequence numbers under which the events stand, and whether another event than the one built on precedes them:
     *     then the events are stored all the same, since they are committed with the look at it
     * @throws ConcurrencyException if the stream is at another version, ahead or behind
     * @throws CommandIdReusedException if the command id is stored with another fingerprint
     * @throws StreamDeletedException if the stream was deleted
     * @throws StreamFullException if the stream has as many bytes as the database takes for one
     * @throws AppendTooLargeException if there are too many events or one is too large; checked before anything is sent
     * @throws CommandTimeoutException if the deadline had passed before the append was started
     * @throws EventStoreUnavailableException if the store cannot be reached
     * @throws IllegalArgumentException if the events are empty, their metadata do not fit the stream and version, or the metadata of
     *     a new event name another type or version than its class has
     */
    AppendResult append(StreamId stream, long expectedVersion, List<EventEnvelope> events, AppendOptions options);

    /**
     * Reads a range of a stream in ascending order, without gaps from the first number asked for. Events are fetched
     * page by page while the result is consumed, so a stream of any length needs the memory of a page.
     *
     * @param stream the stream
     * @param afterVersion the sequence number before the first event asked for; 0 to begin with the first event
     * @param toVersion the sequence number of the last event asked for; {@link Long#MAX_VALUE} to read to the end
     * @return the events, empty if the stream has none in that range; need not be closed, can be consumed once, by one
     *     thread; consuming throws {@link EventStoreUnavailableException} if the store cannot be reached, and
     *     {@link StreamDeletedException} if the stream was deleted; if that happens meanwhile, this or the whole range; an empty
     *     range, and one to the end behind a version that the stream never had, may be empty instead
     * @throws IllegalArgumentException if {@code afterVersion} is negative or greater than {@code toVersion}
     */
    Stream<EventEnvelope> read(StreamId stream, long afterVersion, long toVersion);

    /**
     * Reads the events after a version up to the end, as {@link #read}, but never from a copy that lags behind what is committed. A
     * repository asks for it before it answers no. A store whose every read is current keeps this default.
     *
     * @param stream the stream
     * @param afterVersion the sequence number before the first event asked for; 0 to begin with the first event
     * @return the events, under the conditions of {@link #read}
     * @throws IllegalArgumentException if {@code afterVersion} is negative
     */
    default Stream<EventEnvelope> readLatest(StreamId stream, long afterVersion) {
        return read(stream, afterVersion, Long.MAX_VALUE);
    }

    /**
     * Returns the version of a stream.
     *
     * @param stream the stream
     * @return the sequence number of its last event, 0 if it has none
     * @throws StreamDeletedException if the stream was deleted
     * @throws EventStoreUnavailableException if the store cannot be reached
     */
    long currentVersion(StreamId stream);

    /**
     * Looks up whether a command was handled on a stream. Commands are remembered for a time that the store's options
     * state, 30 days by default.
     *
     * @param stream the stream
     * @param commandId the id of the command
     * @return what was stored with the command's events, or empty if it was not handled there, is forgotten or was deleted
     *     with its stream
     * @throws EventStoreUnavailableException if the store cannot be reached
     */
    Optional<HandledCommand> findCommand(StreamId stream, String commandId);

    /**
     * Finds events across streams by their metadata. Results are fetched page by page while they are consumed.
     *
     * @param filter what to look for
     * @return the events ordered by timestamp, those with equal timestamps by sequence number; need not be closed, can
     *     be consumed once, by one thread; consuming throws {@link EventStoreUnavailableException} if the store cannot
     *     be reached
     */
    Stream<EventEnvelope> find(EventFilter filter);

    /**
     * Deletes a stream for good: its events, and the commands that were handled on it. What stays is that the stream was
     * deleted, so that no other stream can pass for it: whoever appends to it, reads it or asks for its version afterwards, or
     * is about to, gets a {@link StreamDeletedException}. Queries do not find its events any more, and feeds do not hand on
     * those that they have not handed on yet. What was handed on before cannot be called back.
     *
     * <p>From the first step of a deletion on the stream counts as deleted, also if that deletion never comes to its end. Until
     * it does, queries may find some of its events, a feed may hand on the first of them, in order and without a gap, and an
     * append of a command that was handled may get its first result. To delete a stream that is deleted already, at whatever
     * version, does no harm, and removes what a deletion that failed on its way has left behind.
     *
     * <p>An append at the same time comes first, and then this is a conflict, or it fails. Snapshots are kept elsewhere:
     * {@code AggregateRepository.delete} deletes both.
     *
     * @param stream the stream; one without events is closed for good, too
     * @param expectedVersion the version that the stream has, 0 if it has no events
     * @throws ConcurrencyException if the stream is at another version; nothing was deleted
     * @throws EventStoreUnavailableException if the store cannot be reached, or not until the end. Where the outcome is
     *     unknown, call this again until it returns
     * @throws IllegalArgumentException if {@code expectedVersion} is negative
     */
    void delete(StreamId stream, long expectedVersion);

    /**
     * Deletes a stream for good, at whatever version it is; otherwise as {@link #delete(StreamId, long)}. The stream is closed first
     * and emptied then, so this ends however fast others append to it: their appends come first and are deleted, or are refused with
     * {@link StreamDeletedException}. It never fails with a conflict.
     *
     * @param stream the stream; one without events is closed for good, too
     * @throws EventStoreUnavailableException if the store cannot be reached, or not until the end. Where the outcome is
     *     unknown, call this again until it returns
     */
    void delete(StreamId stream);
}
