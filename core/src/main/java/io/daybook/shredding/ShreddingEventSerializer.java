package io.daybook.shredding;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import io.daybook.shredding.EventCipher.Personal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A serializer that encrypts the personal members of events under the key of their subject and otherwise delegates to
 * another serializer. Thread-safe. {@link #protect} and {@link #replacement} modify this serializer and return it, so
 * the protection applies even if their result is ignored. Call them before the serializer is used.
 *
 * <pre>{@code
 * EventSerializer serializer = ShreddingEventSerializer.of(JacksonEventSerializer.of(Customer.TYPE.eventTypes()), keys)
 *         .protect(CustomerRegistered.class, CustomerRegistered::customerId, "name", "email")
 *         .replacement(CustomerRegistered.class, "name", "(erased)");
 * }</pre>
 *
 * <p>Each personal value is encrypted separately with AES-256-GCM. In the JSON it is replaced by
 * {@code {"daybook:encrypted":1,"subject":"17","data":"…"}}. The value is bound to its subject, the type and version of
 * its event and the name of its member, and is rejected anywhere else. Decryption restores the value byte for byte. A
 * null value is stored as null.
 *
 * <p>When an event is read, encrypted values are recognized by their form, not by the declarations made here, and are
 * decrypted before any upcaster runs. Events that have an old version, a renamed type or a declaration that has since
 * been removed therefore remain readable, and a consumer that has the keys needs no declarations at all. If the key was
 * destroyed, the value is replaced with null, or with the {@link #replacement} that was declared when the event was
 * written.
 *
 * <p>An event that was read from a store and is appended unchanged, for example when a stream is copied, keeps its
 * encrypted values byte for byte, even if their keys were destroyed. A reader of the copy needs the same keys.
 *
 * <p>An event without personal members costs one map lookup and one search for a name in its bytes, without parsing.
 *
 * <p>If the key store cannot be reached, the methods fail with the
 * {@link io.daybook.eventstore.EventStoreUnavailableException} that {@link SubjectKeys} throws.
 */
public final class ShreddingEventSerializer implements EventSerializer {

    private final EventSerializer serializer;
    private final SubjectKeys keys;
    private final Map<Class<?>, Map<String, Personal>> personal = new ConcurrentHashMap<>();

    private ShreddingEventSerializer(EventSerializer serializer, SubjectKeys keys) {
        this.serializer = Objects.requireNonNull(serializer, "serializer");
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    /**
     * Creates a serializer that decrypts what it reads. It encrypts nothing until {@link #protect} is called.
     *
     * @param serializer converts events to JSON and back
     * @param keys the keys of the subjects
     * @return the serializer
     */
    public static ShreddingEventSerializer of(EventSerializer serializer, SubjectKeys keys) {
        return new ShreddingEventSerializer(serializer, keys);
    }

    /**
     * Declares members of an event as personal data. For an event about several subjects, call this method once for
     * each subject.
     *
     * @param <E> the class of the event
     * @param event the class of the event
     * @param subject returns the subject of the data, named as {@link SubjectKeys} specifies; called only if one of the members is not null
     * @param members the names of the members in the outermost object of the JSON, usually those of the record's
     *     components. The whole value of a member is encrypted. An event whose JSON lacks one of the members is
     *     rejected
     * @return this serializer
     * @throws IllegalArgumentException if the class has no {@link EventType}, no member is named, or a member is
     *     already declared personal
     */
    public <E extends DomainEvent> ShreddingEventSerializer protect(
            Class<E> event, Function<? super E, String> subject, String... members) {
        if (!event.isAnnotationPresent(EventType.class)) {
            throw new IllegalArgumentException(event.getName() + " has no stored name: annotate it with @EventType");
        }
        if (members.length == 0) {
            throw new IllegalArgumentException(
                    "no personal member of " + event.getName() + " is named: name at least one");
        }
        for (String member : members) {
            Personal declared = new Personal(written -> subject.apply(event.cast(written)), EncryptedValue.NULL);
            if (personalMembersOf(event).putIfAbsent(member, declared) != null) {
                throw new IllegalArgumentException(
                        "the member " + member + " of " + event.getName() + " is declared twice: keep one");
            }
        }
        return this;
    }

    /**
     * Sets the value that replaces a personal member after its key is destroyed, for a class that rejects null. The
     * replacement is stored with each event in plaintext, so a change applies only to future events.
     *
     * @param event the class of the event
     * @param member a member that was declared with {@link #protect}
     * @param value the value that replaces the member; converted to JSON with the settings of
     *     {@link io.daybook.serialization.JacksonDefaults}
     * @return this serializer
     * @throws IllegalArgumentException if the member is not declared personal, or the value cannot be converted to JSON
     */
    public ShreddingEventSerializer replacement(Class<? extends DomainEvent> event, String member, Object value) {
        String erased = EncryptedValue.erased(value);
        if (personalMembersOf(event)
                        .computeIfPresent(member, (name, declared) -> new Personal(declared.subject(), erased))
                == null) {
            throw new IllegalArgumentException("the member " + member + " of " + event.getName()
                    + " is not personal: call protect before replacement");
        }
        return this;
    }

    private Map<String, Personal> personalMembersOf(Class<?> event) {
        return personal.computeIfAbsent(event, none -> new ConcurrentHashMap<>());
    }

    @Override
    public void requireEventTypes(EventTypes types) {
        serializer.requireEventTypes(types);
    }

    @Override
    public EventTypes.Registration registrationOf(DomainEvent event) {
        return serializer.registrationOf(event);
    }

    /**
     * Encodes an event and encrypts its personal members. The key of a subject is created with its first event.
     *
     * @param event the event
     * @return its data as a JSON object in UTF-8
     * @throws EventSerializationException if the event cannot be written, has no subject, lacks a personal member,
     *     could not be read once one or all of its keys are destroyed, or contains a value that looks encrypted
     * @throws SubjectShreddedException if the key of a subject was destroyed
     * @throws IllegalArgumentException if the class of the event is not registered
     */
    @Override
    public byte[] encode(DomainEvent event) {
        byte[] clear = serializer.encode(event);
        Map<String, Personal> declared = personal.getOrDefault(event.getClass(), Map.of());
        if (declared.isEmpty() && !EncryptedValue.isMarked(clear)) {
            return clear;
        }
        EventTypes.Registration type = serializer.registrationOf(event);
        EventCipher cipher = new EventCipher(type.name(), type.version());
        Map<String, SubjectKey> used = new HashMap<>();
        byte[] stored =
                cipher.encrypt(event, declared, clear, subject -> used.computeIfAbsent(subject, keys::findOrCreate));
        requireReadable(cipher, stored, used, used.keySet());
        if (used.size() > 1) {
            used.keySet().forEach(subject -> requireReadable(cipher, stored, used, Set.of(subject)));
        }
        return stored;
    }

    /**
     * Checks that the event can be read after some of its keys are destroyed. Otherwise the fault would surface only after an erasure, when
     * the whole stream has become unreadable.
     */
    private void requireReadable(
            EventCipher cipher, byte[] stored, Map<String, SubjectKey> used, Set<String> destroyed) {
        byte[] shredded = cipher.decrypt(
                stored,
                subject ->
                        Optional.ofNullable(destroyed.contains(subject) ? SubjectKey.destroyed() : used.get(subject)),
                member -> {});
        try {
            serializer.decode(cipher.type(), cipher.version(), shredded);
        } catch (EventSerializationException e) {
            String done = "stored, because it could not be read after its keys are destroyed";
            throw cipher.failure(done, e.path(), "declare a replacement", e);
        }
    }

    /**
     * Decodes an event. Encrypted values are decrypted before the event is upcast.
     *
     * @param eventType the stored name of the event's type
     * @param eventVersion the schema version of the data, from 1
     * @param data UTF-8 JSON; not modified
     * @return the event, with null or the replacement where a key was destroyed
     * @throws io.daybook.serialization.UnknownEventTypeException if the type or version is unknown
     * @throws EventSerializationException if the data does not match the type, an encrypted value was altered or moved, or the key store
     *     never had a key for its subject. For an encrypted value, the path is the stored name of its member
     */
    @Override
    public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
        byte[] clear = new EventCipher(eventType, eventVersion).decrypt(data, keys::find, shredded -> {});
        return serializer.decode(eventType, eventVersion, clear);
    }

    /**
     * Returns the names of the members whose values are shredded in a stored event.
     *
     * @param event an event that was read from a store or a feed
     * @return the names of the shredded members in the stored JSON; empty if there are none, or if the event was not read from a store or
     *     feed
     * @throws EventSerializationException as for {@link #decode}
     */
    public Set<String> shredded(EventEnvelope event) {
        EventCipher cipher =
                new EventCipher(event.metadata().eventType(), event.metadata().eventVersion());
        Set<String> shredded = new HashSet<>();
        event.data().ifPresent(data -> cipher.decrypt(data, keys::find, shredded::add));
        return shredded;
    }
}
