package io.daybook.serialization;

import com.fasterxml.jackson.databind.Module;

/** Lends the library's codec of instants, which is not public, to the contenders. */
public final class FastInstant {

    private FastInstant() {}

    public static Module module() {
        return InstantModule.create();
    }
}
