package io.daybook.shredding;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * AES-256 encryption in Galois/Counter Mode, as the JDK implements it. The output is a random 96-bit nonce, the encrypted bytes and a
 * 128-bit tag. The tag also authenticates the place and the subject of a value, so the value cannot be read anywhere else.
 */
final class AesGcm {

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AesGcm() {}

    static byte[] encrypt(SubjectKey key, byte[] clear, String subject, String... place) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        byte[] output = Arrays.copyOf(nonce, NONCE_BYTES + clear.length + TAG_BYTES);
        try {
            cipher(Cipher.ENCRYPT_MODE, key, nonce, subject, place)
                    .doFinal(clear, 0, clear.length, output, NONCE_BYTES);
            return output;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Decrypts the output of {@link #encrypt}. Returns empty if it was altered, moved or encrypted under another key. */
    static Optional<byte[]> decrypt(SubjectKey key, byte[] encrypted, String subject, String... place) {
        if (encrypted.length < NONCE_BYTES + TAG_BYTES) {
            return Optional.empty();
        }
        try {
            return Optional.of(cipher(Cipher.DECRYPT_MODE, key, encrypted, subject, place)
                    .doFinal(encrypted, NONCE_BYTES, encrypted.length - NONCE_BYTES));
        } catch (AEADBadTagException e) {
            return Optional.empty();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Cipher cipher(int mode, SubjectKey key, byte[] nonce, String subject, String[] place)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        SecretKeySpec secret = new SecretKeySpec(key.bytes(), "AES");
        cipher.init(mode, secret, new GCMParameterSpec(TAG_BYTES * 8, nonce, 0, NONCE_BYTES));
        Stream.concat(Stream.of(place), Stream.of(subject)).forEach(part -> {
            byte[] text = part.getBytes(StandardCharsets.UTF_8);
            // with its length, so that no other parts have the same bytes
            cipher.updateAAD(ByteBuffer.allocate(4).putInt(text.length).array());
            cipher.updateAAD(text);
        });
        return cipher;
    }
}
