package io.daybook.servicebus.testserver;

import java.time.Duration;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fault of a {@link ServiceBusTestServer} for the clients of one entity. It occurs once unless {@link #times} or {@link #always} says
 * otherwise, and at the first opportunity unless {@link #after} says otherwise. Immutable.
 *
 * <pre>{@code
 * ServiceBusFault busy = ServiceBusFault.reject("com.microsoft:server-busy").times(3);
 * ServiceBusFault lostReply = ServiceBusFault.cutAfterStoring().after(1);
 * }</pre>
 */
public final class ServiceBusFault {

    /** When a broker looks for a fault to show. */
    enum Stage {
        TOKEN,
        ATTACH,
        TRANSFER,
        STORED,
        SETTLEMENT,
        RENEWAL,
        STATE,
        STATE_READ,
        SCHEDULE
    }

    /** What a broker does. */
    enum Kind {
        REFUSE_TOKEN(Stage.TOKEN),
        REFUSE_ATTACH(Stage.ATTACH),
        IGNORE_ATTACH(Stage.ATTACH),
        WITHHOLD_CREDIT(Stage.ATTACH),
        REJECT(Stage.TRANSFER),
        RELEASE(Stage.TRANSFER),
        MODIFY(Stage.TRANSFER),
        DETACH(Stage.TRANSFER),
        CLOSE_CONNECTION(Stage.TRANSFER),
        CUT_BEFORE(Stage.TRANSFER),
        CUT_AFTER(Stage.STORED),
        LOSE_ANSWER(Stage.STORED),
        DELAY_ANSWER(Stage.STORED),
        REFUSE_SETTLEMENT(Stage.SETTLEMENT),
        IGNORE_SETTLEMENT(Stage.SETTLEMENT),
        CUT_AFTER_SETTLEMENT(Stage.SETTLEMENT),
        REFUSE_RENEWAL(Stage.RENEWAL),
        REFUSE_STATE(Stage.STATE),
        LOSE_STATE_ANSWER(Stage.STATE),
        IGNORE_STATE_READS(Stage.STATE_READ),
        REFUSE_SCHEDULE(Stage.SCHEDULE),
        LOSE_SCHEDULE_ANSWER(Stage.SCHEDULE);

        final Stage stage;

        Kind(Stage stage) {
            this.stage = stage;
        }
    }

    final Kind kind;
    private final @Nullable String condition;
    final int status;
    final Duration delay;
    final int first;
    final int times;

    private ServiceBusFault(Kind kind, @Nullable String condition, int status, Duration delay, int first, int times) {
        this.kind = kind;
        this.condition = condition;
        this.status = status;
        this.delay = delay;
        this.first = first;
        this.times = times;
    }

    private static ServiceBusFault of(Kind kind, @Nullable String condition) {
        return new ServiceBusFault(kind, condition, 0, Duration.ZERO, 0, 1);
    }

    /**
     * {@return a transfer that is rejected and not stored}
     *
     * @param condition the AMQP condition, such as {@code com.microsoft:server-busy}
     */
    public static ServiceBusFault reject(String condition) {
        return of(Kind.REJECT, condition);
    }

    /** {@return a transfer that is answered with the released outcome and not stored} */
    public static ServiceBusFault release() {
        return of(Kind.RELEASE, null);
    }

    /** {@return a transfer that is answered with the modified outcome and not stored} */
    public static ServiceBusFault modify() {
        return of(Kind.MODIFY, null);
    }

    /**
     * {@return a link that is detached when a transfer arrives, which is not stored}
     *
     * @param condition the AMQP condition, such as {@code amqp:link:detach-forced}
     */
    public static ServiceBusFault detach(String condition) {
        return of(Kind.DETACH, condition);
    }

    /**
     * {@return a connection that is closed when a transfer arrives, which is not stored}
     *
     * @param condition the AMQP condition, such as {@code amqp:connection:forced}
     */
    public static ServiceBusFault closeConnection(String condition) {
        return of(Kind.CLOSE_CONNECTION, condition);
    }

    /** {@return a socket that is cut when a transfer arrives, which is not stored} */
    public static ServiceBusFault cutBeforeStoring() {
        return of(Kind.CUT_BEFORE, null);
    }

    /** {@return a socket that is cut when a transfer is stored, so that the sender gets no response} */
    public static ServiceBusFault cutAfterStoring() {
        return of(Kind.CUT_AFTER, null);
    }

    /** {@return a transfer that is stored but never answered} */
    public static ServiceBusFault loseAnswer() {
        return of(Kind.LOSE_ANSWER, null);
    }

    /**
     * {@return a transfer that is stored at once but answered late}
     *
     * @param delay the delay of the answer
     */
    public static ServiceBusFault delayAnswer(Duration delay) {
        return new ServiceBusFault(Kind.DELAY_ANSWER, null, 0, delay, 0, 1);
    }

    /**
     * {@return a link that is rejected}
     *
     * @param condition the AMQP condition, such as {@code amqp:not-found}
     */
    public static ServiceBusFault refuseAttach(String condition) {
        return of(Kind.REFUSE_ATTACH, condition);
    }

    /** {@return a link whose attach is never answered} */
    public static ServiceBusFault ignoreAttach() {
        return of(Kind.IGNORE_ATTACH, null);
    }

    /** {@return a sender's link that gets no credit until the faults are cleared} */
    public static ServiceBusFault withholdCredit() {
        return of(Kind.WITHHOLD_CREDIT, null);
    }

    /**
     * {@return a token that is rejected}
     *
     * @param status the status of the answer, such as 401
     */
    public static ServiceBusFault refuseToken(int status) {
        return new ServiceBusFault(Kind.REFUSE_TOKEN, null, status, Duration.ZERO, 0, 1);
    }

    /**
     * {@return a settlement that is rejected with an error}
     *
     * @param condition the AMQP condition, such as {@code com.microsoft:message-lock-lost}
     */
    public static ServiceBusFault refuseSettlement(String condition) {
        return of(Kind.REFUSE_SETTLEMENT, condition);
    }

    /** {@return a settlement that is ignored and not answered} */
    public static ServiceBusFault ignoreSettlement() {
        return of(Kind.IGNORE_SETTLEMENT, null);
    }

    /** {@return a socket that is cut when a message is settled, so that the receiver gets no response} */
    public static ServiceBusFault cutAfterSettling() {
        return of(Kind.CUT_AFTER_SETTLEMENT, null);
    }

    /**
     * {@return a lock that is not renewed}
     *
     * @param status the status of the answer, such as 410
     */
    public static ServiceBusFault refuseRenewal(int status) {
        return new ServiceBusFault(Kind.REFUSE_RENEWAL, null, status, Duration.ZERO, 0, 1);
    }

    /**
     * {@return a session state that is not set}
     *
     * @param status the status of the answer, such as 500
     */
    public static ServiceBusFault refuseState(int status) {
        return new ServiceBusFault(Kind.REFUSE_STATE, null, status, Duration.ZERO, 0, 1);
    }

    /**
     * {@return a session state that is set although the answer is an error}
     *
     * @param status the status of the answer, such as 500
     */
    public static ServiceBusFault loseStateAnswer(int status) {
        return new ServiceBusFault(Kind.LOSE_STATE_ANSWER, null, status, Duration.ZERO, 0, 1);
    }

    /**
     * {@return a connection over which requests for the state of a session are no longer answered}
     *
     * <p>The first such request chooses the connection. Over it, sessions are still accepted and messages still arrive. The SDK for Java
     * 7.17.19 showed this after the connection was lost while sessions were open: its client accepted sessions over the new connection,
     * and all its requests for their states timed out until the client was replaced.
     */
    public static ServiceBusFault ignoreStateReads() {
        return of(Kind.IGNORE_STATE_READS, null);
    }

    /**
     * {@return a message that is not scheduled}
     *
     * @param status the status of the answer, such as 503
     */
    public static ServiceBusFault refuseSchedule(int status) {
        return new ServiceBusFault(Kind.REFUSE_SCHEDULE, null, status, Duration.ZERO, 0, 1);
    }

    /** {@return a request that schedules a message but is never answered} */
    public static ServiceBusFault loseScheduleAnswer() {
        return of(Kind.LOSE_SCHEDULE_ANSWER, null);
    }

    /** The AMQP condition of a kind that has one. */
    String condition() {
        return Objects.requireNonNull(condition);
    }

    /** Returns the name of the fault, for the names of tests. */
    @Override
    public String toString() {
        return kind.name().toLowerCase(Locale.ROOT)
                + (condition == null ? "" : " " + condition)
                + (status == 0 ? "" : " " + status);
    }

    /**
     * {@return this fault, with several occurrences}
     *
     * @param times the number of occurrences
     */
    public ServiceBusFault times(int times) {
        return new ServiceBusFault(kind, condition, status, delay, first, times);
    }

    /** {@return this fault, which occurs until the faults are cleared} */
    public ServiceBusFault always() {
        return times(Integer.MAX_VALUE);
    }

    /**
     * {@return this fault, which occurs later}
     *
     * @param count the number of attaches, transfers or tokens that succeed before the fault occurs
     */
    public ServiceBusFault after(int count) {
        return new ServiceBusFault(kind, condition, status, delay, count, times);
    }
}
