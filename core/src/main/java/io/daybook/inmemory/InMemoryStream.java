package io.daybook.inmemory;

import io.daybook.event.EventEnvelope;
import io.daybook.event.EventMetadata;
import io.daybook.eventstore.AppendOptions;
import io.daybook.eventstore.AppendOptions.IdempotencyKey;
import io.daybook.eventstore.AppendResult;
import io.daybook.eventstore.ConcurrencyException;
import io.daybook.eventstore.HandledCommand;
import io.daybook.eventstore.StreamDeletedException;
import io.daybook.eventstore.StreamId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The events of one stream. Writes hold its lock. Reads need no lock, since stored events never change, except that a
 * stream can be deleted as a whole.
 */
final class InMemoryStream {

    private record Remembered(HandledCommand command, Instant until) {}

    private static final int MOST_SEEN = 500;
    private static final int PAGE = 32;

    private final StreamId id;
    private final EventEnvelope.Decoder decoder;
    // In the order of expiration.
    private final Map<String, Remembered> commands = new LinkedHashMap<>(2);
    // Volatile, since a reader may see arrays that are longer than the size that it has read.
    private volatile EventMetadata[] metadata = new EventMetadata[8];
    private volatile byte[][] data = new byte[8][];
    private volatile int size; // written last, so that a reader that sees the size also sees the events
    private volatile boolean deleted;

    InMemoryStream(StreamId id, EventEnvelope.Decoder decoder) {
        this.id = id;
        this.decoder = decoder;
    }

    int version() {
        requireThere();
        return size;
    }

    private void requireThere() {
        if (deleted) {
            throw new StreamDeletedException(id);
        }
    }

    /** Deletes everything but the deletion mark, unless another writer was faster. */
    synchronized void delete(long expectedVersion, TransactionLog log) {
        if (deleted) {
            return;
        }
        if (size != expectedVersion) {
            throw new ConcurrencyException(id, expectedVersion, size);
        }
        delete(log);
    }

    /** Deletes everything but the deletion mark, at any version. */
    synchronized void delete(TransactionLog log) {
        if (deleted) {
            return;
        }
        deleted = true;
        commands.clear();
        metadata = new EventMetadata[0];
        data = new byte[0][];
        log.remove(id, size);
    }

    /** Appends events, and adds the transaction to the log before another append can start. */
    synchronized AppendResult append(
            long expectedVersion,
            List<StoredEvent> appended,
            AppendOptions options,
            Instant now,
            Instant rememberUntil,
            TransactionLog log) {
        requireThere();
        @Nullable IdempotencyKey command = options.idempotencyKey().orElse(null);
        String firstId = appended.get(0).metadata().eventId();
        if (command != null) {
            Optional<HandledCommand> handled = command(command.commandId(), now);
            if (handled.isPresent()) {
                AppendResult first = handled.get().asDuplicateOf(id, command.fingerprint());
                String storedId = metadata[(int) first.fromSequenceNumber() - 1].eventId();
                return storedId.equals(firstId) ? stored(first.fromSequenceNumber() - 1, appended, options) : first;
            }
        }
        long toSequenceNumber = expectedVersion + appended.size();
        if (size != expectedVersion) {
            if (isStored(expectedVersion, appended)) {
                return stored(expectedVersion, appended, options);
            }
            throw new ConcurrencyException(id, expectedVersion, size, conflictingEvents(expectedVersion));
        }
        if (toSequenceNumber > data.length) {
            int length = (int) Math.max(toSequenceNumber, data.length * 2L);
            metadata = Arrays.copyOf(metadata, length);
            data = Arrays.copyOf(data, length);
        }
        for (int i = 0; i < appended.size(); i++) {
            metadata[size + i] = appended.get(i).metadata();
            data[size + i] = appended.get(i).data();
        }
        if (command != null) {
            remember(
                    new HandledCommand(
                            command.commandId(), command.fingerprint(), expectedVersion + 1, toSequenceNumber),
                    now,
                    rememberUntil);
        }
        size = (int) toSequenceNumber; // before the log, so that its followers can read the events they receive
        log.add(appended);
        return stored(expectedVersion, appended, options);
    }

    private void remember(HandledCommand command, Instant now, Instant until) {
        removeExpiredCommands(now);
        commands.put(command.commandId(), new Remembered(command, until));
    }

    /** Records a rejection, unless the command is already recorded. Returns the record that counts. */
    synchronized HandledCommand reject(HandledCommand rejected, Instant now, Instant rememberUntil) {
        requireThere();
        Optional<HandledCommand> first = command(rejected.commandId(), now);
        if (first.isEmpty()) {
            remember(rejected, now, rememberUntil);
        }
        return first.orElse(rejected);
    }

    private AppendResult stored(long expectedVersion, List<StoredEvent> appended, AppendOptions options) {
        @Nullable String before = expectedVersion == 0 ? null : metadata[(int) expectedVersion - 1].eventId();
        return AppendResult.stored(expectedVersion, appended.size(), options, before);
    }

    private List<EventEnvelope> conflictingEvents(long expectedVersion) {
        if (size - expectedVersion > MOST_SEEN) {
            return List.of();
        }
        List<EventEnvelope> conflictingEvents = new ArrayList<>();
        read(Math.max(0, expectedVersion - 1), size).forEachRemaining(conflictingEvents::add);
        return conflictingEvents;
    }

    private boolean isStored(long afterVersion, List<StoredEvent> appended) {
        if (afterVersion + appended.size() > size) {
            return false;
        }
        for (int i = 0; i < appended.size(); i++) {
            if (!metadata[(int) afterVersion + i].equals(appended.get(i).metadata())) {
                return false;
            }
        }
        return true;
    }

    synchronized Optional<HandledCommand> command(String commandId, Instant now) {
        Remembered remembered = commands.get(commandId);
        if (remembered == null) {
            return Optional.empty();
        }
        if (!now.isBefore(remembered.until())) {
            commands.remove(commandId);
            return Optional.empty();
        }
        return Optional.of(remembered.command());
    }

    private void removeExpiredCommands(Instant now) {
        Iterator<Remembered> oldestFirst = commands.values().iterator();
        while (oldestFirst.hasNext() && !now.isBefore(oldestFirst.next().until())) {
            oldestFirst.remove();
        }
    }

    synchronized int idempotencyKeys() {
        return commands.size();
    }

    Iterator<EventEnvelope> read(long afterVersion, long toVersion) {
        int end = (int) Math.min(size, toVersion);
        int start = (int) Math.min(afterVersion, end);
        EventMetadata[] metadata = this.metadata;
        byte[][] data = this.data;
        if (deleted || metadata.length < end || data.length < end) { // only a deletion shortens them
            throw new StreamDeletedException(id);
        }
        return new Iterator<>() {
            private final EventEnvelope[] page = new EventEnvelope[Math.min(PAGE, end - start)];
            private int next = start;
            private int inPage = page.length;

            @Override
            public boolean hasNext() {
                requireThere();
                return next < end;
            }

            @Override
            public EventEnvelope next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                if (inPage == page.length) {
                    fill();
                }
                next++;
                return page[inPage++];
            }

            /** Touches all data of the next events, so that memory latency occurs once and not for each event. */
            private void fill() {
                int count = Math.min(page.length, end - next);
                inPage = page.length - count;
                for (int i = 0; i < count; i++) {
                    int at = next + i;
                    if (metadata[at].sequenceNumber() != at + 1
                            || metadata[at].eventType().isEmpty()
                            || data[at].length == 0) {
                        throw new IllegalStateException(id + " has a different event at number " + (at + 1));
                    }
                    page[inPage + i] = EventEnvelope.stored(metadata[at], data[at], decoder);
                }
            }
        };
    }
}
