package io.daybook.inmemory;

import io.daybook.contract.SubjectKeysContract;
import io.daybook.shredding.SubjectKey;
import io.daybook.shredding.SubjectKeys;
import io.daybook.shredding.SubjectShreddedException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Stores of keys that are wrong in one way each. They are run by {@link ContractsNoticeTest} alone. */
final class BrokenSubjectKeys {

    private BrokenSubjectKeys() {}

    /** One table of keys, opened as often as is asked for. */
    abstract static class Table extends SubjectKeysContract {
        final Map<String, SubjectKey> table = new ConcurrentHashMap<>();

        @Override
        protected SubjectKeys keys() {
            return new Keys();
        }

        class Keys implements SubjectKeys {
            @Override
            public Optional<SubjectKey> find(String subject) {
                return Optional.ofNullable(table.get(subject));
            }

            @Override
            public SubjectKey findOrCreate(String subject) {
                SubjectKey key = table.computeIfAbsent(subject, created -> SubjectKey.create());
                if (key.isDestroyed()) {
                    throw new SubjectShreddedException(subject);
                }
                return key;
            }

            @Override
            public void destroy(String subject) {
                table.put(subject, SubjectKey.destroyed());
            }
        }
    }

    static class KeepsNothing extends Table {
        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public SubjectKey findOrCreate(String subject) {
                    return SubjectKey.create();
                }

                @Override
                public void destroy(String subject) {}
            };
        }
    }

    static class CreatesAKeyAnewAfterItWasDestroyed extends Table {
        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public void destroy(String subject) {
                    table.remove(subject);
                }
            };
        }
    }

    static class RemembersTheDestroyedInItsProcessOnly extends Table {
        @Override
        protected SubjectKeys keys() {
            Map<String, SubjectKey> destroyed = new ConcurrentHashMap<>();
            return new Keys() {
                @Override
                public Optional<SubjectKey> find(String subject) {
                    return Optional.ofNullable(destroyed.get(subject)).or(() -> super.find(subject));
                }

                @Override
                public void destroy(String subject) {
                    destroyed.put(subject, SubjectKey.destroyed());
                }
            };
        }
    }

    static class CachesWithoutBound extends Table {
        @Override
        protected SubjectKeys keys() {
            Map<String, SubjectKey> cache = new ConcurrentHashMap<>();
            return new Keys() {
                @Override
                public Optional<SubjectKey> find(String subject) {
                    return Optional.ofNullable(cache.get(subject)).or(() -> super.find(subject));
                }

                @Override
                public SubjectKey findOrCreate(String subject) {
                    return cache.computeIfAbsent(subject, super::findOrCreate);
                }

                @Override
                public void destroy(String subject) {
                    cache.remove(subject);
                    super.destroy(subject);
                }
            };
        }
    }

    static class ChecksThenCreates extends Table {
        private final Gap gap = new Gap();

        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public SubjectKey findOrCreate(String subject) {
                    SubjectKey key = table.get(subject);
                    if (key == null) {
                        gap.untilMetOr(() -> table.containsKey(subject));
                        key = SubjectKey.create();
                        table.put(subject, key);
                    }
                    if (key.isDestroyed()) {
                        throw new SubjectShreddedException(subject);
                    }
                    return key;
                }
            };
        }
    }

    static class OneKeyForAll extends Table {
        private final SubjectKey one = SubjectKey.create();

        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public SubjectKey findOrCreate(String subject) {
                    table.putIfAbsent(subject, one);
                    return super.findOrCreate(subject);
                }
            };
        }
    }

    static class IgnoresCase extends Table {
        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public SubjectKey findOrCreate(String subject) {
                    return super.findOrCreate(subject.toLowerCase(Locale.ROOT));
                }

                @Override
                public Optional<SubjectKey> find(String subject) {
                    return super.find(subject.toLowerCase(Locale.ROOT));
                }
            };
        }
    }

    static class CreatesOnALook extends Table {
        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public Optional<SubjectKey> find(String subject) {
                    return Optional.of(table.computeIfAbsent(subject, created -> SubjectKey.create()));
                }
            };
        }
    }

    /** As a database does where a delete and a mark are two steps. */
    static class MarksTooLate extends Table {
        @Override
        protected SubjectKeys keys() {
            return new Keys() {
                @Override
                public void destroy(String subject) {
                    table.remove(subject);
                    Gap.until(() -> table.containsKey(subject));
                    table.putIfAbsent(subject, SubjectKey.destroyed());
                }
            };
        }
    }
}
