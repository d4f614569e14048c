package io.daybook.projection;

/** An event that could not be projected. */
record Poison(long number, String eventId, Throwable failure) {

    String error() {
        return failure.getClass().getName();
    }
}
