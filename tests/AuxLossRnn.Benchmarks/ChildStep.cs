using System.Globalization;
using System.Text.Json;
using AuxLossRnn.Runtime;

namespace AuxLossRnn.Benchmarks;

/// <summary>A step in a process of its own: threads, instructions and memory pages can be chosen there only.</summary>
internal sealed class ChildStep : Step
{
    private readonly Child _child;
    private readonly int _index;

    private ChildStep(Child child, int index, StepShape shape)
        : base(shape) => (_child, _index) = (child, index);

    /// <summary>Starts a process for one step.</summary>
    /// <param name="set">What the process is to use; null for what this one uses.</param>
    public static ChildStep Start(StepRecipe recipe, int threads, InstructionSet? set = null) => Start([recipe], threads, set ?? InstructionSet.Own)[0];

    /// <summary>Starts a process for several steps, which share its memory; it ends with any of them.</summary>
    public static ChildStep[] Start(IReadOnlyList<StepRecipe> recipes, int threads, InstructionSet set)
    {
        var child = new Child(set.Variables, ChildProgram.Time, JsonSerializer.Serialize(recipes, KitJson.Line), $"{threads}", Steps.DeviceName);
        return [.. recipes.Select((recipe, i) => new ChildStep(child, i, Steps.Shape(recipe) with { Threads = threads, Instructions = set.Name }))];
    }

    public override double Time() => Numbers($"{_index}")[0];

    /// <summary>As <see cref="TrainingStep.DistanceTo"/>, of another step of this process.</summary>
    public (double Loss, double Gradient) DistanceTo(ChildStep other) => Numbers($"{_index} {other._index}") is [double loss, double gradient]
        ? (loss, gradient)
        : throw new InvalidOperationException("A process of the benchmarks answered with other than two numbers.");

    public override void Dispose() => _child.Dispose();

    private double[] Numbers(string question) =>
        [.. _child.Ask(question).Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];
}
