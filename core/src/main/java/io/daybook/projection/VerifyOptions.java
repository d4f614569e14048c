package io.daybook.projection;

/**
 * The options of {@link Projector#verify Projector.verify}: the share of the streams to check, and whether to repair
 * documents. Immutable.
 *
 * <pre>{@code
 * VerifyOptions options = VerifyOptions.sample(0.01).repairing();
 * }</pre>
 *
 * @param share the fraction of the streams to check, more than 0 and at most 1
 * @param repairs whether documents that are wrong or behind are replaced
 */
public record VerifyOptions(double share, boolean repairs) {

    /**
     * Checks the share.
     *
     * @param share the fraction of the streams
     * @param repairs whether documents that are wrong or behind are replaced
     * @throws IllegalArgumentException if the share is 0 or less, or more than 1
     */
    public VerifyOptions {
        if (!(share > 0 && share <= 1)) {
            throw new IllegalArgumentException(
                    "the share of the streams is " + share + ": use more than 0 and at most 1");
        }
    }

    /**
     * {@return options that check every stream and repair nothing}
     */
    public static VerifyOptions all() {
        return new VerifyOptions(1, false);
    }

    /**
     * Returns options that check random streams and repair nothing.
     *
     * @param share the fraction of the streams, such as 0.01 for 1%
     * @return the options
     * @throws IllegalArgumentException if the share is 0 or less, or more than 1
     */
    public static VerifyOptions sample(double share) {
        return new VerifyOptions(share, false);
    }

    /**
     * {@return a copy of these options that also repairs: documents that are wrong or behind are folded again and
     * replaced}
     */
    public VerifyOptions repairing() {
        return new VerifyOptions(share, true);
    }
}
