using AuxLossRnn.Models;
using AuxLossRnn.Specs;

namespace AuxLossRnn.Benchmarks.Sections;

/// <summary>The truncated training step of the LSTM and of the networks that it is compared with, by the kit and by libtorch.</summary>
internal static class RivalsSection
{
    private static readonly ComputeOptions Libtorchs = new(FusedLstm: false, FoldedInput: false);

    public static void Measure(Settings settings, Report report)
    {
        foreach (ModelName model in new[] { ModelName.Lstm, ModelName.Gru, ModelName.Irnn, ModelName.Urnn })
        {
            StepRecipe recipe = settings.Joint with { Spec = settings.Joint.Spec with { Model = model } };
            using TrainingStep kit = Steps.CreateTraining(recipe);
            if (model == ModelName.Urnn)
            {
                report.Add($"{model}", kit, Harness.Interleave(settings.Repetitions, [kit])[0]);
                continue;
            }

            using TrainingStep libtorch = Steps.CreateTraining(recipe with { Compute = Libtorchs });
            JointSection.Agree($"the {model} of the kit and of libtorch", kit.DistanceTo(libtorch), kit.Shape, report);
            double[][] times = Harness.Interleave(settings.Repetitions, [libtorch, kit]);
            report.Add($"{model}, libtorch's", libtorch, times[0]);
            report.Add($"{model}", kit, times[1]);
            report.Find($"{model}: libtorch's / kit's", Harness.Ratio(times[0], times[1]), "×");
        }
    }
}
