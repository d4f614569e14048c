package io.daybook.shredding;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;

/**
 * AES-256 encryption in Galois/Counter Mode, as the JDK implements it. The output is a random 96-bit nonce, the encrypted bytes and a
 * 128-bit tag. The tag also authenticates the place of the value, so the value cannot be read anywhere else.
 */
final class AesGcm {

    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AesGcm() {}

    static byte[] encrypt(SubjectKey key, byte[] place, byte[] clear) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.ENCRYPT_MODE, key.forAes(), new GCMParameterSpec(TAG_BITS, nonce));
            cipher.updateAAD(place);
            byte[] encrypted = cipher.doFinal(clear);
            return ByteBuffer.allocate(NONCE_BYTES + encrypted.length)
                    .put(nonce)
                    .put(encrypted)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + CIPHER, e);
        }
    }

    /**
     * Decrypts the output of {@link #encrypt}.
     *
     * @throws AEADBadTagException if the output was modified, belongs to another place or was encrypted under another key
     */
    static byte[] decrypt(SubjectKey key, byte[] place, byte[] encrypted) throws AEADBadTagException {
        if (encrypted.length < NONCE_BYTES + TAG_BITS / 8) {
            throw new AEADBadTagException("too short");
        }
        try {
            Cipher cipher = Cipher.getInstance(CIPHER);
            cipher.init(Cipher.DECRYPT_MODE, key.forAes(), new GCMParameterSpec(TAG_BITS, encrypted, 0, NONCE_BYTES));
            cipher.updateAAD(place);
            return cipher.doFinal(encrypted, NONCE_BYTES, encrypted.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + CIPHER, e);
        }
    }

    /** Encodes the place of a value as the associated data. Each part is preceded by its length, so the bytes are unique to that place. */
    static byte[] place(String... parts) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128);
        for (String part : parts) {
            byte[] text = part.getBytes(StandardCharsets.UTF_8);
            bytes.writeBytes(ByteBuffer.allocate(4).putInt(text.length).array());
            bytes.writeBytes(text);
        }
        return bytes.toByteArray();
    }
}
