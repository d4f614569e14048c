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

    private static final int NONCE_BYTES = 12;
    private static final int TAG_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private AesGcm() {}

    static byte[] encrypt(SubjectKey key, byte[] place, byte[] clear) {
        byte[] nonce = new byte[NONCE_BYTES];
        RANDOM.nextBytes(nonce);
        try {
            ByteBuffer output = ByteBuffer.allocate(NONCE_BYTES + clear.length + TAG_BYTES);
            cipher(Cipher.ENCRYPT_MODE, key, place, nonce).doFinal(ByteBuffer.wrap(clear), output.put(nonce));
            return output.array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * Decrypts the output of {@link #encrypt}.
     *
     * @throws AEADBadTagException if the output was modified, belongs to another place or was encrypted under another key
     */
    static byte[] decrypt(SubjectKey key, byte[] place, byte[] encrypted) throws AEADBadTagException {
        if (encrypted.length < NONCE_BYTES + TAG_BYTES) {
            throw new AEADBadTagException("too short");
        }
        try {
            return cipher(Cipher.DECRYPT_MODE, key, place, encrypted)
                    .doFinal(encrypted, NONCE_BYTES, encrypted.length - NONCE_BYTES);
        } catch (AEADBadTagException e) {
            throw e;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Cipher cipher(int mode, SubjectKey key, byte[] place, byte[] nonce) throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
        cipher.init(mode, key.forAes(), new GCMParameterSpec(TAG_BYTES * 8, nonce, 0, NONCE_BYTES));
        cipher.updateAAD(place);
        return cipher;
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
