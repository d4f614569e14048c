package io.daybook.shredding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name that identifies an encrypted value. A user's text cannot be mistaken for it: in a JSON string the quotes would be escaped.
 */
final class Marker {

    static final String NAME = "daybook:encrypted";
    private static final byte[] BYTES = ('"' + NAME + '"').getBytes(StandardCharsets.US_ASCII);
    private static final int LAST = BYTES.length - 1;

    /** The distance to advance after a byte is seen at the position of the marker's last byte. */
    private static final byte[] SKIP = skips();

    private Marker() {}

    private static byte[] skips() {
        byte[] skips = new byte[256];
        Arrays.fill(skips, (byte) BYTES.length);
        for (int i = 0; i < LAST; i++) {
            skips[BYTES[i]] = (byte) (LAST - i);
        }
        return skips;
    }

    /** Returns whether the marker occurs in a range. In most JSON, the search looks at about every tenth byte (Horspool's algorithm). */
    static boolean isIn(byte[] json, int from, int to) {
        int at = from + LAST;
        while (at < to) {
            byte seen = json[at];
            if (seen == BYTES[LAST] && Arrays.equals(json, at - LAST, at, BYTES, 0, LAST)) {
                return true;
            }
            at += SKIP[seen & 0xff];
        }
        return false;
    }
}
