package io.daybook.shredding;

import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;

/**
 * The 256-bit AES key of a subject, or a placeholder for a destroyed key. Immutable and thread-safe. Its string
 * representation does not contain the key.
 *
 * <pre>{@code
 * SubjectKey key = SubjectKey.create();
 * SubjectKey same = SubjectKey.of(key.bytes()); // a store wraps the bytes before it keeps them
 * }</pre>
 */
public final class SubjectKey {

    private static final int BYTES = 32;
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final SubjectKey DESTROYED = new SubjectKey(new byte[0]);

    private final byte[] bytes;

    private SubjectKey(byte[] bytes) {
        this.bytes = bytes;
    }

    /**
     * {@return a new key from the JDK's secure random number generator}
     */
    public static SubjectKey create() {
        byte[] bytes = new byte[BYTES];
        RANDOM.nextBytes(bytes);
        return new SubjectKey(bytes);
    }

    /**
     * Creates a key from stored bytes.
     *
     * @param bytes 32 bytes that {@link #bytes()} has returned; copied
     * @return the key
     * @throws IllegalArgumentException if there are not exactly 32 bytes
     */
    public static SubjectKey of(byte[] bytes) {
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException("the key of a subject has " + bytes.length + " bytes: use " + BYTES);
        }
        return new SubjectKey(bytes.clone());
    }

    /**
     * {@return the value that a store returns in place of a destroyed key}
     */
    public static SubjectKey destroyed() {
        return DESTROYED;
    }

    /**
     * {@return whether the key was destroyed}
     */
    public boolean isDestroyed() {
        return bytes.length == 0;
    }

    /**
     * {@return a copy of the 32 bytes of the key, to be stored and never logged}
     *
     * @throws IllegalStateException if the key was destroyed
     */
    public byte[] bytes() {
        if (isDestroyed()) {
            throw new IllegalStateException("the key is destroyed");
        }
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof SubjectKey key && MessageDigest.isEqual(bytes, key.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    /**
     * {@return text that states whether the key is destroyed, without any part of the key}
     */
    @Override
    public String toString() {
        return isDestroyed() ? "SubjectKey[destroyed]" : "SubjectKey[…]";
    }
}
