package io.daybook.sample.order;

/**
 * Coordinates the commands of a run with its faults: a disturbance waits for its moment, and the commands
 * do not run away from the one after it.
 */
final class Progress {

    private int answered;
    private int limit = Integer.MAX_VALUE;
    private boolean ended;

    synchronized void answered() {
        answered++;
        notifyAll();
    }

    synchronized int count() {
        return answered;
    }

    /** Waits until the command may be sent. */
    synchronized void awaitTurn(int command) throws InterruptedException {
        while (command >= limit && !ended) {
            wait();
        }
    }

    /** Lets commands be sent up to a number. */
    synchronized void allow(int commands) {
        limit = commands;
        notifyAll();
    }

    /** Waits until so many commands were answered. */
    synchronized void awaitAnswered(int commands) throws InterruptedException {
        while (answered < commands && !ended) {
            wait();
        }
    }

    /** No thread waits any more: the run is over, or has failed. */
    synchronized void end() {
        ended = true;
        notifyAll();
    }
}
