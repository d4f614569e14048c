package io.daybook.cosmos;

/**
 * The stored form of index values. The service orders text as UTF-8 does, by code point. The SDK, which merges the
 * partitions of a query, compares UTF-16 units ({@code ItemComparator}), where characters outside the basic plane come
 * before those of its end. Both kinds of characters are therefore written with characters that both compare in the same
 * way. Other text is stored unchanged.
 */
final class OrderedText {

    /**
     * The lead of an encoded character between this one and the end of the basic plane. Both leads are unassigned, and
     * are greater than all characters that are stored unchanged.
     */
    private static final char LEAD_BASIC = '\uD7FE';

    private static final char LEAD_SUPPLEMENTARY = '\uD7FF';

    /** The digit 0. All digits have the same width, which is two bytes where size matters. */
    private static final int ZERO = 0x100;

    private static final int BITS = 10;

    private OrderedText() {}

    /**
     * Returns text that sorts like the code points of the given text. The encoded prefixes of a text are prefixes of
     * its encoding.
     */
    static String encode(String text) {
        if (text.chars().allMatch(unit -> unit < LEAD_BASIC)) {
            return text;
        }
        StringBuilder encoded = new StringBuilder();
        text.codePoints().forEach(point -> {
            if (point < LEAD_BASIC) {
                encoded.append((char) point);
            } else if (Character.isBmpCodePoint(point)) {
                encoded.append(LEAD_BASIC).append(digit(point - LEAD_BASIC));
            } else {
                int rest = point - Character.MIN_SUPPLEMENTARY_CODE_POINT;
                encoded.append(LEAD_SUPPLEMENTARY).append(digit(rest >> BITS)).append(digit(rest & ((1 << BITS) - 1)));
            }
        });
        return encoded.toString();
    }

    private static char digit(int value) {
        return (char) (ZERO + value);
    }

    /** Returns the text that was encoded. */
    static String decode(String encoded) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < encoded.length(); i++) {
            char unit = encoded.charAt(i);
            if (unit == LEAD_BASIC) {
                text.append((char) (LEAD_BASIC + encoded.charAt(++i) - ZERO));
            } else if (unit == LEAD_SUPPLEMENTARY) {
                int high = encoded.charAt(++i) - ZERO;
                int low = encoded.charAt(++i) - ZERO;
                text.appendCodePoint(Character.MIN_SUPPLEMENTARY_CODE_POINT + (high << BITS) + low);
            } else {
                text.append(unit);
            }
        }
        return text.toString();
    }
}
