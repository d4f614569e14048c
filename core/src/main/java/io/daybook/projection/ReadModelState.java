package io.daybook.projection;

/** The states of one version of a projection, see {@link Projector}. */
public enum ReadModelState {
    /** Its documents are not complete yet: all stored events are being scanned. */
    BUILDING,
    /** Its documents are complete and have caught up with the feed; another version still answers. */
    CAUGHT_UP,
    /** It answers reads. */
    ACTIVE,
    /** Its documents are deleted. */
    DROPPED
}
