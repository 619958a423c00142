using AuxLossRnn.Models;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>What the machine can do at best, with each instruction set, in seconds: the floor of the joint step without the step.</summary>
internal static class FloorSection
{
    public static void Measure(Settings settings, Report report)
    {
        foreach (int threads in Steps.ThreadCounts)
        {
            foreach (InstructionSet set in InstructionSet.All)
            {
                foreach (Precision precision in set.Precisions)
                {
                    StepShape joint = Steps.Shape(settings.Joint with { Compute = new ComputeOptions(precision) }) with { Threads = threads, Instructions = set.Name };
                    ChildStep[] speeds = ChildStep.Start(Floor.Recipes(settings, precision), threads, set);
                    Floor.Add(joint, speeds, Harness.Interleave(settings.Repetitions, speeds), report);
                    speeds[0].Dispose();
                }
            }
        }
    }
}
