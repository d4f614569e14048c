package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.StreamId;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/**
 * Encrypts the states of one kind of aggregate under the keys of those whose data they hold, in front of another store of
 * snapshots. Safe for use by many threads.
 *
 * <pre>{@code
 * SnapshotStore snapshots = ShreddingSnapshotStore.of(
 *         SnapshotStore.cached(snapshotStore, 10_000),
 *         keys,
 *         Customer.State.class,
 *         state -> List.of(state.customerId()));
 * }</pre>
 *
 * <p>The whole state is encrypted, under one key after the other if there are several subjects, so it can be read as long
 * as none of them is destroyed. Afterwards the snapshot counts as none: the aggregate is rebuilt from its events, of which
 * the rest can be read, and no snapshot of it is taken any more unless its state names no shredded subject. A state without
 * subjects is not encrypted. A snapshot that was saved without this store counts as none, too.
 *
 * <p>It stands in front of {@link SnapshotStore#cached}, never behind: so states are encrypted in memory as well, which
 * costs a decryption for each command, and a process that keeps them takes notice of a key that another one destroyed.
 */
public final class ShreddingSnapshotStore implements SnapshotStore {

    private static final int SCHEME = 1;

    private final SnapshotStore store;
    private final SubjectKeys keys;
    private final Class<?> stateType;
    private final Function<Object, List<String>> subjects;
    private final ObjectMapper json;

    private ShreddingSnapshotStore(
            SnapshotStore store,
            SubjectKeys keys,
            Class<?> stateType,
            Function<Object, List<String>> subjects,
            ObjectMapper json) {
        this.store = Objects.requireNonNull(store, "store");
        this.keys = Objects.requireNonNull(keys, "keys");
        this.stateType = stateType;
        this.subjects = subjects;
        this.json = json;
    }

    /**
     * Creates a store that writes states as {@link JacksonDefaults} says.
     *
     * @param <S> the type of the state
     * @param store keeps the encrypted states
     * @param keys the keys of the subjects
     * @param stateType the class of the state; others are refused
     * @param subjects tells whose personal data a state holds; empty if nobody's
     * @return the store
     */
    public static <S> ShreddingSnapshotStore of(
            SnapshotStore store, SubjectKeys keys, Class<S> stateType, Function<? super S, List<String>> subjects) {
        return of(store, keys, stateType, subjects, JacksonDefaults.mapper().build());
    }

    /**
     * Creates a store with a mapper of one's own, which is copied.
     *
     * @param <S> the type of the state
     * @param store keeps the encrypted states
     * @param keys the keys of the subjects
     * @param stateType the class of the state; others are refused
     * @param subjects tells whose personal data a state holds; empty if nobody's
     * @param mapper writes and reads states; best made from {@link JacksonDefaults#mapper()}
     * @return the store
     * @throws IllegalArgumentException if the mapper has default typing on
     */
    public static <S> ShreddingSnapshotStore of(
            SnapshotStore store,
            SubjectKeys keys,
            Class<S> stateType,
            Function<? super S, List<String>> subjects,
            ObjectMapper mapper) {
        return new ShreddingSnapshotStore(
                store,
                keys,
                stateType,
                state -> subjects.apply(stateType.cast(state)),
                VersionedJson.requireSafe(mapper).copy());
    }

    @Override
    public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
        requireType(stateType);
        return store.load(stream, JsonNode.class, schemaVersion).flatMap(found -> decrypted(found, stateType));
    }

    @Override
    public <S> Optional<Snapshot<S>> peek(StreamId stream, Class<S> stateType, int schemaVersion) {
        requireType(stateType);
        return store.peek(stream, JsonNode.class, schemaVersion).flatMap(found -> decrypted(found, stateType));
    }

    @Override
    public void save(Snapshot<?> snapshot) {
        encrypted(snapshot).ifPresent(store::save);
    }

    @Override
    public void remember(Snapshot<?> snapshot) {
        encrypted(snapshot).ifPresent(store::remember);
    }

    @Override
    public void forget(StreamId stream) {
        store.forget(stream);
    }

    @Override
    public boolean remembers() {
        return store.remembers();
    }

    @Override
    public void delete(StreamId stream) {
        store.delete(stream);
    }

    private void requireType(Class<?> type) {
        if (!stateType.isAssignableFrom(type) && !JsonNode.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException("the snapshots of " + stateType.getName() + " hold no " + type.getName()
                    + ": make a store of its own for each kind of state");
        }
    }

    private Optional<Snapshot<?>> encrypted(Snapshot<?> snapshot) {
        requireType(snapshot.state().getClass());
        ObjectNode state = json.createObjectNode().put(Marker.NAME, SCHEME);
        try {
            byte[] data = json.writeValueAsBytes(snapshot.state());
            for (String subject : subjects(snapshot)) {
                data = AesGcm.encrypt(keys.findOrCreate(subject), place(snapshot, subject), data);
                state.withArray("subjects").add(subject);
            }
            return Optional.of(with(snapshot, state.put("data", data)));
        } catch (SubjectShreddedException e) {
            return Optional.empty(); // what is left of it is rebuilt from the events
        } catch (JsonProcessingException e) {
            throw failure("written", snapshot, e.getClass().getName());
        }
    }

    /** In an order of their own, whatever the user's function yields. */
    private Set<String> subjects(Snapshot<?> snapshot) {
        Set<String> all;
        try {
            Object state = snapshot.state() instanceof JsonNode saved
                    ? json.readerFor(stateType).readValue(saved)
                    : snapshot.state();
            all = new TreeSet<>(subjects.apply(state));
        } catch (IOException e) {
            throw failure("written", snapshot, e.getClass().getName());
        } catch (RuntimeException e) {
            // The user's function may quote the state in its message, so only the kind of failure is told.
            throw failure(
                    "written",
                    snapshot,
                    "the function that names its subjects failed with "
                            + e.getClass().getName());
        }
        if (!all.stream().allMatch(Subjects::isOne)) {
            throw failure("written", snapshot, Subjects.RULE + ", and one of it is not");
        }
        return all;
    }

    private <S> Optional<Snapshot<S>> decrypted(Snapshot<JsonNode> snapshot, Class<S> stateType) {
        JsonNode state = snapshot.state();
        if (state.path(Marker.NAME).asInt() != SCHEME) {
            return Optional.empty(); // it was saved without this store, or by a newer program
        }
        try {
            byte @Nullable [] data = state.path("data").binaryValue();
            if (data == null) {
                throw failure("read", snapshot, "it lacks its data");
            }
            JsonNode named = state.path("subjects");
            for (int i = named.size() - 1; i >= 0; i--) { // the last one was encrypted last
                String subject = named.path(i).asText();
                SubjectKey key = keys.find(subject)
                        .orElseThrow(() -> failure("read", snapshot, "there never was a key of a subject"));
                if (key.isDestroyed()) {
                    return Optional.empty();
                }
                data = AesGcm.decrypt(key, place(snapshot, subject), data);
            }
            return Optional.of(with(snapshot, json.readValue(data, stateType)));
        } catch (IOException | AEADBadTagException e) {
            throw failure("read", snapshot, e.getClass().getName());
        }
    }

    /** What the tag of an encrypted state covers besides the state. */
    private static byte[] place(Snapshot<?> snapshot, String subject) {
        return AesGcm.place(
                "snapshot",
                snapshot.stream().toString(),
                Long.toString(snapshot.version()),
                snapshot.eventId(),
                Integer.toString(snapshot.schemaVersion()),
                subject);
    }

    private static <S> Snapshot<S> with(Snapshot<?> snapshot, S state) {
        return new Snapshot<>(
                snapshot.stream(),
                snapshot.version(),
                snapshot.eventId(),
                snapshot.schemaVersion(),
                snapshot.shape(),
                state);
    }

    /** Names the kind of fault only: Jackson's messages quote the state. */
    private static IllegalStateException failure(String done, Snapshot<?> snapshot, String reason) {
        return new IllegalStateException("the snapshot of " + snapshot.stream() + " cannot be " + done + ": " + reason);
    }
}
