using System.Globalization;
using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks;

/// <summary>A step in a process of its own: threads and memory pages can be chosen there only.</summary>
/// <param name="variable">A variable of the process's environment; null for none.</param>
internal sealed class ChildStep(StepRecipe recipe, int threads, (string Name, string Value)? variable = null)
    : Step(Steps.Shape(recipe) with { Threads = threads })
{
    private readonly Child _child = new(
        variable, ChildProgram.Time, JsonSerializer.Serialize(recipe, KitJson.Line), $"{threads}");

    public override double Time() => double.Parse(_child.Ask(), CultureInfo.InvariantCulture);

    public override void Dispose() => _child.Dispose();
}
