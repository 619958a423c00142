using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The joint step with one thread and with all, and beside another busy process.</summary>
internal static class ThreadsSection
{
    public static void Measure(Settings settings, Report report)
    {
        int all = TorchThreads.Available;
        using Step one = ChildStep.Start(settings.Joint, 1), many = ChildStep.Start(settings.Joint, all);
        double[][] threads = Harness.Interleave(settings.Pairs, one, many);
        report.Add("1 thread", one, threads[0]);
        report.Add("all threads", many, threads[1]);
        report.Find($"1 thread / {all} threads", Harness.Ratio(threads[0], threads[1]), "×");

        using var beside = new BesideBusyProcess(many);
        double[][] company = Harness.Interleave(settings.Pairs, beside, many);
        report.Add("all threads, beside a busy process", beside, company[0]);
        report.Add("all threads, alone", many, company[1]);
        report.Find("beside a busy process / alone", Harness.Ratio(company[0], company[1]), "×", $"{all} threads");
    }

    private sealed class BesideBusyProcess(Step step) : Step(step.Shape)
    {
        public override double Time()
        {
            using var busy = new Child([], ChildProgram.Spin);
            busy.Ask();
            return step.Time();
        }

        public override void Dispose()
        {
            // The step is not its own.
        }
    }
}
