package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.daybook.event.DomainEvent;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import javax.crypto.AEADBadTagException;

/** A codec that encrypts and decrypts members in the JSON of events. It changes nothing but their values. */
final class PersonalMembers {

    /**
     * A member that is encrypted.
     *
     * @param subject returns the subject of the member
     * @param erased the JSON that takes its place after the key is destroyed
     */
    record Personal(Function<DomainEvent, String> subject, String erased) {}

    private final SubjectKeys keys;

    PersonalMembers(SubjectKeys keys) {
        this.keys = keys;
    }

    /**
     * Encrypts the personal members of an event.
     *
     * @param shredded receives the JSON as it will be read after all its keys are destroyed and, for an event about several subjects, after
     *     the key of a single one is destroyed
     */
    byte[] encrypt(
            DomainEvent event,
            EventPlace place,
            Map<String, Personal> personal,
            byte[] clear,
            Consumer<byte[]> shredded) {
        Map<String, SubjectKey> used = new HashMap<>();
        Map<Member, EncryptedValue> values = new LinkedHashMap<>();
        Set<String> missing = new TreeSet<>(personal.keySet());
        for (Member member : members(place, "written", clear)) {
            String name = member.name();
            Personal declared = personal.get(name);
            missing.remove(name);
            if (declared == null) {
                if (looksEncrypted(clear, member)) {
                    throw place.failure("written", name, "it looks like a value that is encrypted already", null);
                }
            } else if (!member.isNull()) {
                String subject = subject(event, place, name, declared);
                SubjectKey key = used.computeIfAbsent(subject, keys::findOrCreate);
                byte[] value = Arrays.copyOfRange(clear, member.start(), member.end());
                byte[] encrypted = AesGcm.encrypt(key, place.of(subject, name), value);
                values.put(member, EncryptedValue.of(subject, encrypted, declared.erased()));
            }
        }
        if (!missing.isEmpty()) {
            throw place.failure(
                    "written", "", "its JSON lacks the personal " + missing + ", so it may hold them elsewhere", null);
        }
        shredded.accept(Member.replace(clear, values, EncryptedValue::erasedJson));
        if (used.size() > 1) {
            used.keySet()
                    .forEach(subject -> shredded.accept(Member.replace(
                            clear, values, value -> value.subject().equals(subject) ? value.erasedJson() : null)));
        }
        return Member.replace(clear, values, EncryptedValue::json);
    }

    private static boolean looksEncrypted(byte[] json, Member member) {
        try {
            return EncryptedValue.in(json, member).isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    private static String subject(DomainEvent event, EventPlace place, String member, Personal personal) {
        return Subjects.namedBy(
                        () -> List.of(personal.subject().apply(event)),
                        reason -> place.failure("written", member, reason, null))
                .iterator()
                .next();
    }

    /**
     * Decrypts the values in an event.
     *
     * @param shredded receives the names of the members whose keys are destroyed
     */
    byte[] decrypt(EventPlace place, byte[] stored, Consumer<String> shredded) {
        Map<String, SubjectKey> used = new HashMap<>();
        Map<Member, byte[]> clear = new LinkedHashMap<>();
        for (Member member : members(place, "read", stored)) {
            String name = member.name();
            try {
                Optional<EncryptedValue> found = EncryptedValue.in(stored, member);
                if (found.isPresent()) {
                    EncryptedValue value = found.get();
                    SubjectKey key = used.computeIfAbsent(value.subject(), subject -> key(place, name, subject));
                    if (key.isDestroyed()) {
                        shredded.accept(name);
                        clear.put(member, value.erasedJson());
                    } else {
                        clear.put(member, AesGcm.decrypt(key, place.of(value.subject(), name), value.encrypted()));
                    }
                }
            } catch (AEADBadTagException e) {
                throw place.failure(
                        "read", name, "its encrypted value was altered, moved or encrypted under another key", e);
            } catch (JsonProcessingException e) {
                throw place.failure("read", name, "its encrypted value is not JSON", null);
            } catch (IOException e) {
                throw place.failure("read", name, String.valueOf(e.getMessage()), null);
            }
        }
        return Member.replace(stored, clear, value -> value);
    }

    private SubjectKey key(EventPlace place, String member, String subject) {
        return keys.find(subject).orElseThrow(() -> place.failure("read", member, Subjects.UNKNOWN, null));
    }

    private static List<Member> members(EventPlace place, String done, byte[] json) {
        try {
            return Member.of(json);
        } catch (IOException e) {
            throw place.failure(done, "", "it is not a JSON object", null); // the cause may quote the data
        }
    }
}
