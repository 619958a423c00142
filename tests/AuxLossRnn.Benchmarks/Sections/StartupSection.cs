using System.Diagnostics;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The time from the start of <c>auxloss train</c> to the first training step in its metrics.</summary>
internal static class StartupSection
{
    public static void Measure(Settings settings, Report report)
    {
        using var start = new Start();
        report.Add("auxloss train, first step of 200 drawn digits of 7×7", start, Harness.Interleave(settings.Repetitions, start)[0]);
    }

    private sealed class Start() : Step(new StepShape(T: 49, Batch: 16, "float32", TorchThreads.Available, InstructionSet.Own.Name, Flop: null))
    {
        private readonly string _folder = Directory.CreateTempSubdirectory("auxlossrnn-startup-").FullName;
        private int _runs;

        public override double Time()
        {
            string run = Path.Combine(_folder, $"{_runs++}");
            string[] options =
            [
                "--dataset", "stroke-digits", "--side", "7", "--train-limit", "200", "--test-limit", "50", "--model", "r-lstm",
                "--hidden", "8", "--truncation", "10", "--aux-truncation", "10", "--segment", "12", "--batch", "16", "--steps", "1",
            ];
            var start = new ProcessStartInfo(Child.PathOf("auxloss"), ["train", .. options, "--out", run])
            {
                RedirectStandardOutput = true,
            };

            // As from a shell: what the kit sets for itself it is to set anew.
            start.Environment.Remove("GLIBC_TUNABLES");
            start.Environment.Remove("GOMP_SPINCOUNT");
            long begin = Stopwatch.GetTimestamp();
            using Process process = Process.Start(start)!;
            var metrics = new FileInfo(Path.Combine(run, "metrics.jsonl"));
            while (!metrics.Exists || metrics.Length == 0)
            {
                if (process.WaitForExit(1) && process.ExitCode != 0)
                {
                    throw new InvalidOperationException($"auxloss train ended with {process.ExitCode}. What it wrote is above.");
                }

                metrics.Refresh();
            }

            double milliseconds = Stopwatch.GetElapsedTime(begin).TotalMilliseconds;
            process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return milliseconds;
        }

        public override void Dispose() => Directory.Delete(_folder, recursive: true);
    }
}
