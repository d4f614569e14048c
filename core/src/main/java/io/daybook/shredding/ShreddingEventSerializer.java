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
 * Encrypts the personal members of events under the key of the person, in front of another serializer. Safe for use by many
 * threads. {@link #protect} and {@link #replacement} change it and return it, so a result that is ignored loses no protection;
 * call them before it is used.
 *
 * <pre>{@code
 * EventSerializer serializer = ShreddingEventSerializer.of(JacksonEventSerializer.of(Customer.TYPE.eventTypes()), keys)
 *         .protect(CustomerRegistered.class, CustomerRegistered::customerId, "name", "email")
 *         .replacement(CustomerRegistered.class, "name", "(erased)");
 * }</pre>
 *
 * <p>Each personal value is encrypted by itself with AES-256-GCM and stands in the JSON as
 * {@code {"daybook:encrypted":1,"subject":"17","data":"…"}}. It is bound to its subject, the type and version of its event
 * and the name of its member, and is refused anywhere else. What was encrypted comes back byte for byte. A value that is
 * null is stored as null.
 *
 * <p>When an event is read, such values are recognised by what they are, not by what is declared here, and decrypted before
 * any upcaster runs. So events of old versions, of renamed types and of a declaration that was since dropped are read, and
 * a consumer that has the keys needs no declaration at all. When the key was destroyed, null takes the place of the value,
 * or the {@link #replacement} that was declared when the event was written.
 *
 * <p>An event that is appended as it was read from a store, as when a stream is copied, keeps its encrypted values byte for byte,
 * also when their keys were destroyed. It needs the same keys where it is read.
 *
 * <p>Another event costs a look-up in a map and a search for one name in its bytes, which is not a parse.
 *
 * <p>Its methods fail with {@link io.daybook.eventstore.EventStoreUnavailableException}, which the {@link SubjectKeys}
 * throw, when the keys cannot be reached.
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
     * @param serializer makes JSON of events and events of JSON
     * @param keys the keys of the subjects
     * @return the serializer
     */
    public static ShreddingEventSerializer of(EventSerializer serializer, SubjectKeys keys) {
        return new ShreddingEventSerializer(serializer, keys);
    }

    /**
     * Declares members of an event to be personal data. An event that is about several persons is declared once for each.
     *
     * @param <E> the class of the event
     * @param event the class of the event
     * @param subject tells whose data they are, as {@link SubjectKeys} says what names one; only asked if one of them is
     *     not null
     * @param members their names in the outermost object of the JSON, which are mostly those of the record's components; a
     *     member is encrypted with all that is in it. An event that is written without one of them is refused
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
     * States what takes the place of a personal member once its key is destroyed, for a class that refuses null. It is
     * stored with each event, in clear text, so a change of it is for the events to come.
     *
     * @param event the class of the event
     * @param member a member that {@link #protect} was called for
     * @param value the value that the event will have there; becomes JSON as
     *     {@link io.daybook.serialization.JacksonDefaults} says
     * @return this serializer
     * @throws IllegalArgumentException if the member is not declared personal, or the value cannot become JSON
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
     * Writes an event, with its personal members encrypted. The key of a subject is created with its first event.
     *
     * @param event the event
     * @return its data as UTF-8 JSON, an object
     * @throws EventSerializationException if the event cannot be written; also if it names no subject, lacks a personal
     *     member, could not be read any more once its keys are destroyed, or one of them is, or holds what looks like an
     *     encrypted value
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

    /** Found out now, or never before somebody's data are erased, and then the whole stream cannot be read. */
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
     * Reads an event, with what is encrypted in it decrypted before it is upcast.
     *
     * @param eventType the stored name of the event's type
     * @param eventVersion the schema version of the data, from 1
     * @param data UTF-8 JSON; not altered
     * @return the event; where a key was destroyed, with null or the replacement
     * @throws io.daybook.serialization.UnknownEventTypeException if nobody knows that type in that version
     * @throws EventSerializationException if the data do not fit the type; also if an encrypted value was altered or moved,
     *     or the store of keys never had a key of its subject. Its path is the member as it is stored
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
     * Tells what of a stored event can be read no more.
     *
     * @param event an event that was read from a store or a feed
     * @return the names that the shredded members have in the stored JSON; empty if there are none, or if the event was not
     *     read from anywhere
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
