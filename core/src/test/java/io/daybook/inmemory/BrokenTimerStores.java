package io.daybook.inmemory;

import io.daybook.contract.TimerStoreContract;
import io.daybook.process.ProcessTimer;
import io.daybook.process.TimerStore;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Timer stores that are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenTimerStores {

    private BrokenTimerStores() {}

    /** A store that forwards to a right one. */
    abstract static class Tampered extends TimerStoreContract implements TimerStore {
        final TimerStore right = new InMemoryTimerStore();

        @Override
        protected TimerStore store() {
            return this;
        }

        @Override
        public void set(ProcessTimer timer) {
            right.set(timer);
        }

        @Override
        public void remove(ProcessTimer timer) {
            right.remove(timer);
        }

        @Override
        public void postpone(ProcessTimer timer, Instant until) {
            right.postpone(timer, until);
        }

        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            return right.due(now, max);
        }
    }

    static class RingsOnce extends Tampered {
        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            List<ProcessTimer> due = right.due(now, max);
            due.forEach(right::remove);
            return due;
        }
    }

    static class RingsTheSecond extends Tampered {
        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            return right.due(now.truncatedTo(ChronoUnit.SECONDS).plusSeconds(1), max);
        }
    }

    static class ForgetsWhatWasRemoved extends Tampered {
        private final Set<String> removed = new HashSet<>();

        @Override
        public void set(ProcessTimer timer) {
            if (!removed.contains(timer.key())) {
                right.set(timer);
            }
        }

        @Override
        public void remove(ProcessTimer timer) {
            removed.add(timer.key());
            right.remove(timer);
        }
    }

    static class RestoresNothing extends Tampered {
        @Override
        public void restore(ProcessTimer timer) {}
    }

    static class FiresWhatWasPostponed extends Tampered {
        @Override
        public void postpone(ProcessTimer timer, Instant until) {}
    }

    static class ForgetsTheOriginalTime extends Tampered {
        @Override
        public void postpone(ProcessTimer timer, Instant until) {
            right.remove(timer);
            right.set(new ProcessTimer(timer.stream(), timer.key(), until));
        }
    }

    static class IgnoresCase extends Tampered {
        private static ProcessTimer lower(ProcessTimer timer) {
            return new ProcessTimer(timer.stream(), timer.key().toLowerCase(Locale.ROOT), timer.due());
        }

        @Override
        public void set(ProcessTimer timer) {
            right.set(lower(timer));
        }

        @Override
        public void remove(ProcessTimer timer) {
            right.remove(lower(timer));
        }
    }

    static class OneTimerPerTime extends Tampered {
        @Override
        public void set(ProcessTimer timer) {
            if (right.due(timer.due(), 1000).stream()
                    .noneMatch(each -> each.due().equals(timer.due()))) {
                right.set(timer);
            }
        }
    }

    static class AnyOrder extends Tampered {
        @Override
        public List<ProcessTimer> due(Instant now, int max) {
            return right.due(now, 1000).stream()
                    .sorted(Comparator.comparing(ProcessTimer::key))
                    .limit(max)
                    .toList();
        }
    }
}
