package io.daybook.shredding;

import io.daybook.event.DomainEvent;
import io.daybook.event.EventEnvelope;
import io.daybook.event.EventType;
import io.daybook.event.EventTypes;
import io.daybook.serialization.EventSerializationException;
import io.daybook.serialization.EventSerializer;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A serializer that encrypts the personal members of events under the key of the subject and delegates to another serializer. Thread-safe.
 * {@link #protect} and {@link #replacement} change this serializer and return it, so ignoring their result loses no protection. Call them
 * before the serializer is used.
 *
 * <pre>{@code
 * EventSerializer serializer = ShreddingEventSerializer.of(JacksonEventSerializer.of(Customer.TYPE.eventTypes()), keys)
 *         .protect(CustomerRegistered.class, CustomerRegistered::customerId, "name", "email")
 *         .replacement(CustomerRegistered.class, "name", "(erased)");
 * }</pre>
 *
 * <p>Each personal value is encrypted separately with AES-256-GCM. In the JSON it is replaced by
 * {@code {"daybook:encrypted":1,"subject":"17","data":"…"}}. It is bound to its subject, the type and version of its event and the name of
 * its member, and is rejected anywhere else. Decryption restores the value byte for byte. A null value is stored as null.
 *
 * <p>When an event is read, encrypted values are recognized by their form, not by the declarations made here, and are decrypted before any
 * upcaster runs. So events are readable that have an old version, a renamed type or a declaration that has since been removed, and a
 * consumer that has the keys needs no declarations at all. If the key was destroyed, the value is replaced by null, or by the
 * {@link #replacement} that was declared when the event was written.
 *
 * <p>An event that is appended as read from a store, as when a stream is copied, keeps its encrypted values byte for byte, even if their
 * keys were destroyed. A reader of the copy needs the same keys.
 *
 * <p>An event without personal members costs one map lookup and one search for a name in its bytes, without parsing.
 *
 * <p>If the keys cannot be reached, the methods fail with the {@link io.daybook.eventstore.EventStoreUnavailableException} that the
 * {@link SubjectKeys} throw.
 */
public final class ShreddingEventSerializer implements EventSerializer {

    private final EventSerializer serializer;
    private final PersonalMembers members;
    private final Map<Class<?>, Protection> protections = new ConcurrentHashMap<>();

    private ShreddingEventSerializer(EventSerializer serializer, SubjectKeys keys) {
        this.serializer = Objects.requireNonNull(serializer, "serializer");
        this.members = new PersonalMembers(Objects.requireNonNull(keys, "keys"));
    }

    /**
     * Creates a serializer that decrypts what it reads and encrypts nothing yet.
     *
     * @param serializer converts events to JSON and back
     * @param keys the keys of the subjects
     * @return the serializer
     */
    public static ShreddingEventSerializer of(EventSerializer serializer, SubjectKeys keys) {
        return new ShreddingEventSerializer(serializer, keys);
    }

    /**
     * Declares members of an event as personal data. For an event about several subjects, call this method once for each.
     *
     * @param <E> the class of the event
     * @param event the class of the event
     * @param subject returns the subject of the data, named as {@link SubjectKeys} specifies; called only if one of the members is not null
     * @param members their names in the outermost object of the JSON, usually those of the record's components; the whole value of a member
     *     is encrypted. An event whose JSON lacks one of them is rejected
     * @return this serializer
     * @throws IllegalArgumentException if the class has no {@link EventType}, no member is named, or one is personal already
     */
    public <E extends DomainEvent> ShreddingEventSerializer protect(
            Class<E> event, Function<? super E, String> subject, String... members) {
        if (!event.isAnnotationPresent(EventType.class) || members.length == 0) {
            throw new IllegalArgumentException("personal members of " + event.getName()
                    + ": name a class with @EventType, and one member or more");
        }
        Protection protection = protections.getOrDefault(event, Protection.NONE);
        for (String member : members) {
            if (protection.members().containsKey(member)) {
                throw new IllegalArgumentException(
                        "the member " + member + " of " + event.getName() + " is declared twice: keep one");
            }
            protection = protection.with(
                    member,
                    new Protection.Personal(written -> subject.apply(event.cast(written)), EncryptedValue.NULL));
        }
        return with(event, protection);
    }

    /**
     * Sets the value that replaces a personal member after its key is destroyed, for a class that rejects null. It is stored with each
     * event, in clear text, so a change applies only to future events.
     *
     * @param event the class of the event
     * @param member a member that was declared with {@link #protect}
     * @param value the value that the event will have there; converted to JSON with the settings of
     *     {@link io.daybook.serialization.JacksonDefaults}
     * @return this serializer
     * @throws IllegalArgumentException if the member is not declared personal, or the value cannot be converted to JSON
     */
    public ShreddingEventSerializer replacement(Class<? extends DomainEvent> event, String member, Object value) {
        Protection protection = protections.getOrDefault(event, Protection.NONE);
        Protection.@Nullable Personal personal = protection.members().get(member);
        if (personal == null) {
            throw new IllegalArgumentException("the member " + member + " of " + event.getName()
                    + " is not personal: call protect before replacement");
        }
        return with(
                event,
                protection.with(member, new Protection.Personal(personal.subject(), EncryptedValue.erased(value))));
    }

    private ShreddingEventSerializer with(Class<?> event, Protection protection) {
        protections.put(event, protection);
        return this;
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
     * Encodes an event with its personal members encrypted. The key of a subject is created with its first event.
     *
     * @param event the event
     * @return its data as UTF-8 JSON, an object
     * @throws EventSerializationException if the event cannot be written, has no subject, lacks a personal member, could not be read after
     *     all its keys or one of them are destroyed, or contains a value that looks encrypted
     * @throws SubjectShreddedException if the key of a subject was destroyed
     * @throws IllegalArgumentException if the class of the event is not registered
     */
    @Override
    public byte[] encode(DomainEvent event) {
        byte[] clear = serializer.encode(event);
        Protection protection = protections.getOrDefault(event.getClass(), Protection.NONE);
        if (protection.members().isEmpty() && !Marker.isIn(clear, 0, clear.length)) {
            return clear;
        }
        PersonalMembers.Encrypted encrypted = members.encrypt(event, protection, clear);
        EventPlace place = EventPlace.of(event);
        encrypted.shredded().forEach(shredded -> requireReadable(place, shredded.bytes()));
        return encrypted.json().bytes();
    }

    /**
     * Checks that the shredded event can be read. Otherwise the fault would surface only after an erasure, when the whole stream has become
     * unreadable.
     */
    private void requireReadable(EventPlace place, byte[] shredded) {
        try {
            serializer.decode(place.type(), place.version(), shredded);
        } catch (EventSerializationException e) {
            throw place.failure(
                    "read any more once its keys are destroyed, so it was not stored",
                    e.path(),
                    "declare a replacement",
                    e);
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
     * @throws EventSerializationException if the data do not match the type, an encrypted value was altered or moved, or the key store
     *     never had a key of its subject. The path of such a value is its member as stored
     */
    @Override
    public DomainEvent decode(String eventType, int eventVersion, byte[] data) {
        if (!Marker.isIn(data, 0, data.length)) {
            return serializer.decode(eventType, eventVersion, data);
        }
        EventPlace place = new EventPlace(eventType, eventVersion);
        return serializer.decode(
                eventType, eventVersion, members.decrypt(place, data).json().bytes());
    }

    /**
     * Returns the members of a stored event whose values are shredded.
     *
     * @param event an event that was read from a store or a feed
     * @return the names of the shredded members in the stored JSON; empty if there are none, or if the event was not read from a store or
     *     feed
     * @throws EventSerializationException as for {@link #decode}
     */
    public Set<String> shredded(EventEnvelope event) {
        return event.data()
                .filter(data -> Marker.isIn(data, 0, data.length))
                .map(data -> members.decrypt(
                                new EventPlace(
                                        event.metadata().eventType(),
                                        event.metadata().eventVersion()),
                                data)
                        .shredded())
                .orElse(Set.of());
    }
}
