package io.daybook.shredding;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.daybook.eventstore.StreamId;
import io.daybook.json.VersionedJson;
import io.daybook.serialization.JacksonDefaults;
import io.daybook.snapshot.AggregateCache;
import io.daybook.snapshot.Snapshot;
import io.daybook.snapshot.SnapshotStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot store that encrypts the states of one kind of aggregate and delegates to another store. Each state is
 * encrypted under the keys of the subjects whose data it contains. Thread-safe.
 *
 * <pre>{@code
 * ShreddingSnapshotStore encrypted =
 *         ShreddingSnapshotStore.of(snapshotStore, keys, Customer.State.class, state -> List.of(state.customerId()));
 * AggregateRepository<Customer> customers = AggregateRepository.of(Customer.TYPE, eventStore)
 *         .snapshots(encrypted, SnapshotPolicy.everyEvents(100))
 *         .cache(encrypted.cache(AggregateCache.inMemory(10_000)));
 * }</pre>
 *
 * <p>The whole state is encrypted, in one layer per key if there are several subjects, so it can be read only as long
 * as none of the keys is destroyed. Once a key is destroyed, the snapshot is treated as absent. The aggregate is
 * rebuilt from its events, whose other data remains readable, and a new snapshot is taken only if its state names no
 * shredded subject. A state without subjects is not encrypted. A snapshot that was saved without this store is also
 * treated as absent.
 *
 * <p>Also wrap the cache of the repository, with {@link #cache cache}. States are then also encrypted in memory, which
 * costs one decryption for each command, and a process that caches states notices when another process has destroyed a
 * key.
 */
public final class ShreddingSnapshotStore implements SnapshotStore {

    private final SnapshotStore store;
    private final SubjectCipher cipher;
    private final Class<?> stateType;
    private final Function<Object, List<String>> subjects;
    private final ObjectMapper json;

    private <S> ShreddingSnapshotStore(
            SnapshotStore store,
            SubjectKeys keys,
            Class<S> stateType,
            Function<? super S, List<String>> subjects,
            ObjectMapper mapper) {
        this.store = Objects.requireNonNull(store, "store");
        this.cipher = SubjectCipher.of(keys);
        this.stateType = stateType;
        this.subjects = state -> subjects.apply(stateType.cast(state));
        this.json = VersionedJson.requireSafe(mapper).copy();
    }

    /**
     * Creates a store that writes states with the settings of {@link JacksonDefaults}.
     *
     * @param <S> the type of the state
     * @param store stores the encrypted states
     * @param keys the keys of the subjects
     * @param stateType the class of the state; states of other classes are rejected
     * @param subjects returns the subjects whose personal data a state contains; empty if there are none
     * @return the store
     */
    public static <S> ShreddingSnapshotStore of(
            SnapshotStore store, SubjectKeys keys, Class<S> stateType, Function<? super S, List<String>> subjects) {
        return of(store, keys, stateType, subjects, JacksonDefaults.mapper().build());
    }

    /**
     * Creates a store with a copy of a custom mapper.
     *
     * @param <S> the type of the state
     * @param store stores the encrypted states
     * @param keys the keys of the subjects
     * @param stateType the class of the state; states of other classes are rejected
     * @param subjects returns the subjects whose personal data a state contains; empty if there are none
     * @param mapper writes and reads states; preferably built from {@link JacksonDefaults#mapper()}
     * @return the store
     * @throws IllegalArgumentException if the mapper has default typing enabled, writes names without quotes, or writes
     *     {@code NaN} as a number
     */
    public static <S> ShreddingSnapshotStore of(
            SnapshotStore store,
            SubjectKeys keys,
            Class<S> stateType,
            Function<? super S, List<String>> subjects,
            ObjectMapper mapper) {
        return new ShreddingSnapshotStore(store, keys, stateType, subjects, mapper);
    }

    @Override
    public <S> Optional<Snapshot<S>> load(StreamId stream, Class<S> stateType, int schemaVersion) {
        requireType(stateType);
        return store.load(stream, JsonNode.class, schemaVersion).flatMap(found -> decrypted(found, stateType));
    }

    @Override
    public void save(Snapshot<?> snapshot) {
        encrypted(snapshot).ifPresent(store::save);
    }

    @Override
    public void delete(StreamId stream) {
        store.delete(stream);
    }

    /**
     * Returns a cache that encrypts the states of another cache in the same way. Pass it to the repository together
     * with this store. Without this cache, cached states are in plaintext, and a process continues to base decisions on
     * them after another process has destroyed a key.
     *
     * @param cache caches the encrypted states
     * @return the encrypting cache
     */
    public AggregateCache cache(AggregateCache cache) {
        return new AggregateCache() {
            @Override
            public Optional<Snapshot<?>> get(StreamId stream) {
                return cache.get(stream).flatMap(found -> decrypted(found, stateType));
            }

            @Override
            public void put(Snapshot<?> snapshot) {
                encrypted(snapshot).ifPresent(cache::put);
            }

            @Override
            public void remove(StreamId stream) {
                cache.remove(stream);
            }
        };
    }

    private void requireType(Class<?> type) {
        if (!stateType.isAssignableFrom(type) && !JsonNode.class.isAssignableFrom(type)) {
            throw new IllegalArgumentException("the snapshot store for " + stateType.getName() + " cannot store "
                    + type.getName() + ": create a store for each class of state");
        }
    }

    private Optional<Snapshot<?>> encrypted(Snapshot<?> snapshot) {
        requireType(snapshot.state().getClass());
        try {
            Object clear = snapshot.state() instanceof JsonNode saved
                    ? json.readerFor(stateType).readValue(saved)
                    : snapshot.state();
            Set<String> named =
                    Subjects.namedBy(() -> subjects.apply(clear), reason -> failure("written", snapshot, reason));
            byte[] data = cipher.encrypt(named, json.writeValueAsBytes(snapshot.state()), place(snapshot));
            ObjectNode state = json.createObjectNode().put(EncryptedValue.NAME, EncryptedValue.SCHEME);
            named.forEach(state.withArray("subjects")::add);
            return Optional.of(with(snapshot, state.put("data", data)));
        } catch (SubjectShreddedException e) {
            return Optional.empty(); // the remaining data is rebuilt from the events
        } catch (IOException e) {
            throw failure("written", snapshot, e.getClass().getName());
        }
    }

    private <S> Optional<Snapshot<S>> decrypted(Snapshot<?> snapshot, Class<S> stateType) {
        if (!(snapshot.state() instanceof JsonNode state)
                || state.path(EncryptedValue.NAME).asInt() != EncryptedValue.SCHEME) {
            return Optional.empty(); // it was saved without this store, or by a newer program
        }
        try {
            byte @Nullable [] data = state.path("data").binaryValue();
            if (data == null) {
                throw failure("read", snapshot, "its member \"data\" is missing");
            }
            List<String> named = new ArrayList<>();
            state.path("subjects").forEach(subject -> named.add(subject.asText()));
            Optional<byte[]> clear = cipher.decrypt(named, data, place(snapshot));
            return clear.isEmpty()
                    ? Optional.empty()
                    : Optional.of(with(snapshot, json.readValue(clear.get(), stateType)));
        } catch (IllegalArgumentException e) {
            throw failure("read", snapshot, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            throw failure("read", snapshot, e.getClass().getName());
        }
    }

    /** Returns the place to which an encrypted state is bound. */
    private static String[] place(Snapshot<?> snapshot) {
        return new String[] {
            "snapshot",
            snapshot.stream().toString(),
            Long.toString(snapshot.version()),
            snapshot.eventId(),
            Integer.toString(snapshot.schemaVersion())
        };
    }

    private static <S> Snapshot<S> with(Snapshot<?> old, S state) {
        return new Snapshot<>(old.stream(), old.version(), old.eventId(), old.schemaVersion(), old.shape(), state);
    }

    /** Creates an exception that names only the kind of failure: Jackson's messages quote the state. */
    private static IllegalStateException failure(String done, Snapshot<?> snapshot, String reason) {
        return new IllegalStateException("the snapshot of " + snapshot.stream() + " cannot be " + done + ": " + reason);
    }
}
