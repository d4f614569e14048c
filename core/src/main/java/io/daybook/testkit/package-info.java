/**
 * Testing aggregates: {@link io.daybook.testkit.AggregateScenario} runs one decision, given events, and checks what it
 * raised. It works with every test framework, since it only throws {@link java.lang.AssertionError}.
 */
@NullMarked
package io.daybook.testkit;

import org.jspecify.annotations.NullMarked;
