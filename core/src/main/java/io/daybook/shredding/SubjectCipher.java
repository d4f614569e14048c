package io.daybook.shredding;

import java.util.Collection;
import java.util.NavigableSet;
import java.util.Objects;
import java.util.Optional;

/**
 * A cipher for data about one or more subjects, such as a document of a read model. The data is encrypted in one layer
 * per key, so it can be read only as long as none of the keys is destroyed. Thread-safe.
 *
 * <pre>{@code
 * SubjectCipher cipher = SubjectCipher.of(keys);
 * byte[] encrypted = cipher.encrypt(List.of("17", "25"), json, "invoice", "2026-0815");
 * Optional<byte[]> clear = cipher.decrypt(List.of("17", "25"), encrypted, "invoice", "2026-0815");
 * }</pre>
 *
 * <p>Each layer uses AES-256-GCM with a random nonce and adds 28 bytes. The data is bound to its subjects and to its
 * place, and cannot be decrypted anywhere else.
 */
public final class SubjectCipher {

    private final SubjectKeys keys;

    private SubjectCipher(SubjectKeys keys) {
        this.keys = Objects.requireNonNull(keys, "keys");
    }

    /**
     * Creates a cipher.
     *
     * @param keys the keys of the subjects
     * @return the cipher
     */
    public static SubjectCipher of(SubjectKeys keys) {
        return new SubjectCipher(keys);
    }

    /**
     * Encrypts data. The key of a subject is created if it does not exist.
     *
     * @param subjects the subjects, named as {@link SubjectKeys} specifies, in any order; store them with the result
     * @param clear the data; not modified
     * @param place the place where the data is stored, such as the kind and the id of a document
     * @return the encrypted data; a copy of the data if there are no subjects
     * @throws SubjectShreddedException if the key of a subject was destroyed
     * @throws IllegalArgumentException if the name of a subject is invalid
     */
    public byte[] encrypt(Collection<String> subjects, byte[] clear, String... place) {
        byte[] data = clear.clone();
        for (String subject : ordered(subjects)) {
            data = AesGcm.encrypt(keys.findOrCreate(subject), data, subject, place);
        }
        return data;
    }

    /**
     * Decrypts data.
     *
     * @param subjects the subjects of the data
     * @param encrypted the encrypted data; not modified
     * @param place the place where the data is stored
     * @return the data; empty if the key of a subject was destroyed
     * @throws IllegalArgumentException if the data was altered, moved or encrypted under other keys, the key store
     *     never had a key for one of the subjects, or the name of a subject is invalid
     */
    public Optional<byte[]> decrypt(Collection<String> subjects, byte[] encrypted, String... place) {
        byte[] data = encrypted.clone();
        for (String subject : ordered(subjects).descendingSet()) {
            SubjectKey key = keys.find(subject).orElseThrow(() -> new IllegalArgumentException(Subjects.UNKNOWN));
            if (key.isDestroyed()) {
                return Optional.empty();
            }
            data = AesGcm.decrypt(key, data, subject, place)
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the encrypted data was altered, moved or encrypted under other keys"));
        }
        return Optional.of(data);
    }

    private static NavigableSet<String> ordered(Collection<String> subjects) {
        return Subjects.namedBy(() -> subjects, IllegalArgumentException::new);
    }
}
