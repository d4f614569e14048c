/**
 * Verification of stored events. A verifier detects gaps, unknown types and events that cannot be decoded, and counts
 * events by type and version. Start with {@link io.daybook.verification.EventVerifier#verify EventVerifier.verify},
 * which reads any event store.
 *
 * <pre>{@code
 * VerificationReport report = EventVerifier.verify(eventStore, System.err::println);
 * System.out.println(report.text());
 * }</pre>
 */
@NullMarked
package io.daybook.verification;

import org.jspecify.annotations.NullMarked;
