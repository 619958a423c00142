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
                StepRecipe[][] recipes = [.. set.Precisions.Select(precision => Floor.Recipes(settings, precision))];
                ChildStep[] speeds = ChildStep.Start([.. recipes.SelectMany(recipe => recipe)], threads, set);
                double[][] times = Harness.Interleave(settings.Repetitions, speeds);
                int first = 0;
                foreach ((Precision precision, StepRecipe[] timed) in set.Precisions.Zip(recipes))
                {
                    Range range = first..(first += timed.Length);
                    StepShape joint = Steps.Shape(settings.Joint with { Compute = new ComputeOptions(precision) }) with { Threads = threads, Instructions = set.Name };
                    Floor.Add(joint, speeds[range], times[range], report);
                }

                speeds[0].Dispose();
            }
        }
    }
}
