package io.daybook.projection;

import io.daybook.eventstore.ScanPage;

/** Projects the pages of a scan like those of a feed, for projections whose documents depend on each other. */
final class ProjectedPages implements ScanTarget {

    private final ProjectionRunner<?> runner;
    private final long writtenBefore;

    ProjectedPages(ProjectionRunner<?> runner) {
        this.runner = runner;
        this.writtenBefore = runner.counters.counts().written();
    }

    @Override
    public boolean isOf(String aggregateType) {
        return runner.folder.isOf(aggregateType);
    }

    @Override
    public void take(ScanPage page, long number) {
        runner.projectOrPark(page.events());
        page.deletions().forEach(runner::deleted);
    }

    @Override
    public long oldestUnwritten() {
        return Long.MAX_VALUE;
    }

    @Override
    public long written() {
        return runner.counters.counts().written() - writtenBefore;
    }

    @Override
    public void flush() {
        // each page is written before the next one
    }
}
