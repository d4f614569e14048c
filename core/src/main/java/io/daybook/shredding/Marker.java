package io.daybook.shredding;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The name by which an encrypted value is recognised. Text of a user's cannot look like it: in a JSON string the quotes
 * would be escaped.
 */
final class Marker {

    static final String NAME = "daybook:encrypted";
    private static final byte[] BYTES = ('"' + NAME + '"').getBytes(StandardCharsets.US_ASCII);
    private static final int LAST = BYTES.length - 1;

    /** How far the search may go on when it has seen a byte where the last one of the marker would be. */
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

    /** Whether the marker is between two places. Of most JSON it looks at every tenth byte or so (Horspool's search). */
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
