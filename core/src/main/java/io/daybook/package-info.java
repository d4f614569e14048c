/**
 * The root of Daybook, an event-sourcing library. It holds only {@link io.daybook.DaybookException}, the one type that
 * every failure of the library is. Start at {@link io.daybook.aggregate}.
 */
@NullMarked
package io.daybook;

import org.jspecify.annotations.NullMarked;
