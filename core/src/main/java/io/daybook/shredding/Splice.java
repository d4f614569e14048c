package io.daybook.shredding;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A byte array in which some ranges are replaced and all others are unchanged. */
final class Splice {

    private final byte[] original;
    private final ByteArrayOutputStream changed;
    private int copied;

    Splice(byte[] original) {
        this.original = original;
        this.changed = new ByteArrayOutputStream(original.length + 128);
    }

    /** Replaces the value of a member. The member must come after those that were replaced before. */
    void replace(Member member, byte[] value) {
        changed.write(original, copied, member.start() - copied);
        changed.writeBytes(value);
        copied = member.end();
    }

    void replace(Member member, String value) {
        replace(member, value.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        changed.write(original, copied, original.length - copied);
        copied = original.length;
        return changed.toByteArray();
    }
}
