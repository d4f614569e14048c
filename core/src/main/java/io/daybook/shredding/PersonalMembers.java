package io.daybook.shredding;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.daybook.event.DomainEvent;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.crypto.AEADBadTagException;
import org.jspecify.annotations.Nullable;

/** A codec that encrypts and decrypts members in the JSON of events. It changes nothing but their values. */
final class PersonalMembers {

    /**
     * The result of decrypting the JSON of an event.
     *
     * @param json the JSON with all values in clear text, or replaced where the key is destroyed
     * @param shredded the members whose keys are destroyed
     */
    record Decrypted(Splice json, Set<String> shredded) {}

    /**
     * The JSON of an event in the form in which it is stored.
     *
     * @param json the JSON with its values encrypted
     * @param shredded the JSON as it will be read after all its keys are destroyed and, for an event about several subjects, after the key
     *     of a single one is destroyed
     */
    record Encrypted(Splice json, List<Splice> shredded) {}

    private final SubjectKeys keys;

    PersonalMembers(SubjectKeys keys) {
        this.keys = keys;
    }

    Encrypted encrypt(DomainEvent event, Protection protection, byte[] clear) {
        EventPlace place = EventPlace.of(event);
        Map<String, SubjectKey> used = new HashMap<>();
        Set<String> missing = new LinkedHashSet<>(protection.members().keySet());
        Splice encrypted = new Splice(clear);
        Splice shredded = new Splice(clear);
        Map<String, Splice> shreddedAlone = new HashMap<>();
        for (Member member : members(place, "written", clear)) {
            String name = member.name();
            Protection.@Nullable Personal personal = protection.members().get(name);
            missing.remove(name);
            if (personal == null) {
                if (looksEncrypted(clear, member)) {
                    throw place.failure("written", name, "it looks like a value that is encrypted already", null);
                }
            } else if (member.kind() != JsonToken.VALUE_NULL) {
                String subject = subject(event, place, name, personal);
                SubjectKey key = used.computeIfAbsent(subject, keys::findOrCreate);
                byte[] value = Arrays.copyOfRange(clear, member.start(), member.end());
                EncryptedValue written = EncryptedValue.of(
                        subject, AesGcm.encrypt(key, place.of(subject, name), value), personal.erased());
                encrypted.replace(member, written.json());
                shredded.replace(member, personal.erased());
                shreddedAlone
                        .computeIfAbsent(subject, alone -> new Splice(clear))
                        .replace(member, personal.erased());
            }
        }
        if (!missing.isEmpty()) {
            throw place.failure(
                    "written", "", "its JSON lacks the personal " + missing + ", so it may hold them elsewhere", null);
        }
        List<Splice> all = new ArrayList<>(List.of(shredded));
        if (shreddedAlone.size() > 1) {
            all.addAll(shreddedAlone.values());
        }
        return new Encrypted(encrypted, all);
    }

    private static boolean looksEncrypted(byte[] json, Member member) {
        try {
            return EncryptedValue.in(json, member).isPresent();
        } catch (IOException e) {
            return true;
        }
    }

    private static String subject(DomainEvent event, EventPlace place, String member, Protection.Personal personal) {
        @Nullable String subject;
        try {
            subject = personal.subject().apply(event);
        } catch (RuntimeException e) {
            // The user's function may quote the data in its message, so only the kind of failure is reported.
            throw place.failure(
                    "written",
                    member,
                    "the function that names its subject failed with "
                            + e.getClass().getName(),
                    null);
        }
        if (subject == null || !Subjects.isOne(subject)) {
            throw place.failure("written", member, Subjects.RULE + ", and this one is not", null);
        }
        return subject;
    }

    Decrypted decrypt(EventPlace place, byte[] stored) {
        Map<String, SubjectKey> used = new HashMap<>();
        Set<String> shredded = new LinkedHashSet<>();
        Splice clear = new Splice(stored);
        for (Member member : members(place, "read", stored)) {
            String name = member.name();
            try {
                Optional<EncryptedValue> found = EncryptedValue.in(stored, member);
                if (found.isPresent()) {
                    EncryptedValue value = found.get();
                    SubjectKey key = used.computeIfAbsent(
                            value.subject(),
                            subject -> keys.find(subject)
                                    .orElseThrow(() -> place.failure(
                                            "read",
                                            name,
                                            "there never was a key of its subject in this store of keys, is it the right one?",
                                            null)));
                    if (key.isDestroyed()) {
                        shredded.add(name);
                        clear.replace(member, value.erased());
                    } else {
                        clear.replace(member, AesGcm.decrypt(key, place.of(value.subject(), name), value.encrypted()));
                    }
                }
            } catch (AEADBadTagException e) {
                throw place.failure("read", name, "its encrypted value was altered, moved or is of another key", e);
            } catch (JsonProcessingException e) {
                throw place.failure("read", name, "its encrypted value is no JSON", null);
            } catch (IOException e) {
                throw place.failure("read", name, String.valueOf(e.getMessage()), null);
            }
        }
        return new Decrypted(clear, shredded);
    }

    private static Iterable<Member> members(EventPlace place, String done, byte[] json) {
        try {
            return Member.of(json);
        } catch (IOException e) {
            throw place.failure(done, "", "it is no JSON object", null); // the cause may quote the data
        }
    }
}
