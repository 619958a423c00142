using System.Diagnostics;
using AuxLossRnn.Data;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using static TorchSharp.torch;

namespace AuxLossRnn.Experiments;

/// <summary>Measures training steps in this process, which should do nothing else.</summary>
public static class StepMeasurement
{
    private const int DogFeatures = 3;
    private const int DogClasses = 120;
    private const string Full = "lstm-full";
    private const string Checkpointed = "lstm-full-checkpointed";

    /// <summary>The rows of Figure 3, the last parts of its presets' names.</summary>
    public static IReadOnlyList<string> Models { get; } =
        [.. Presets.Names.Where(name => name.StartsWith(Figure3, StringComparison.Ordinal)).Select(name => name[Figure3.Length..])];

    /// <summary>What can be measured beside them: the other models by full backpropagation, and the LSTM's with segment checkpointing.</summary>
    public static IReadOnlyList<string> OtherModels { get; } = ["gru", "irnn", "urnn", Checkpointed];

    private static string Figure3 => $"figure3/{StanfordDogs.PaperSides[0]}/";

    /// <summary>The spec of a row of Figure 3, or of another model, for sequences of any length.</summary>
    /// <param name="model">One of <see cref="Models"/> or of <see cref="OtherModels"/>, such as <c>lstm-full</c>.</param>
    /// <param name="side">The images' side in pixels.</param>
    /// <param name="batch">The batch size B.</param>
    /// <exception cref="UserException">There is no such row.</exception>
    public static ExperimentSpec Spec(string model, int side, int batch) =>
        Row(model) with
        {
            Side = side,
            Batch = batch,
            PretrainEpochs = 0, // a step of both losses
            Epochs = 1,
            CheckpointEvery = null,
        };

    /// <summary>The model of a row, which gives it its colour in figures.</summary>
    /// <param name="row">The row.</param>
    internal static string ModelOf(string row) => Presets.ModelOf(row == Checkpointed ? Full : row);

    private static ExperimentSpec Row(string model)
    {
        ExperimentSpec full = Presets.Find(Figure3 + Full, Budget.Paper);
        return model switch
        {
            "gru" => full.WithModel(ModelName.Gru),
            "irnn" => full.WithModel(ModelName.Irnn),
            "urnn" => full.WithModel(ModelName.Urnn),
            Checkpointed => full with { SegmentCheckpointing = true },
            _ => Presets.Find(Figure3 + model, Budget.Paper),
        };
    }

    /// <summary>What libraries allocate when they are first used is not a step's: a process calls this before it measures.</summary>
    public static void UseLibrariesOnce()
    {
        using var scope = NewDisposeScope();
        nn.LSTM(1, 1).call(zeros(1, 1, 1)).Item1.sum().backward(); // [1, 1, 1]
    }

    /// <summary>Takes steps on blank images of the dogs' shape: what is read does not change what it costs.</summary>
    /// <param name="spec">The spec of one length.</param>
    /// <param name="steps">The steps after the first, which is not counted.</param>
    /// <returns>The median seconds of a step, and the growth of resident memory at its peak, in bytes.</returns>
    public static (double Seconds, long Bytes) Run(ExperimentSpec spec, int steps)
    {
        long before = Environment.WorkingSet;
        long peak = 0;
        var seconds = new List<double>();
        var data = new BlankSequences(spec.Batch, spec.Side!.Value * spec.Side.Value, DogFeatures, DogClasses);
        using var trainer = new Trainer(spec with { Steps = steps + 1, Epochs = steps + 1 }, new DatasetSplits(data, data.Subset([]), data.Subset([])));
        trainer.StepDone += step =>
        {
            seconds.Add(step.Milliseconds / 1000);
            peak = Process.GetCurrentProcess().PeakWorkingSet64;
        };
        trainer.Run();
        double[] counted = [.. seconds.Skip(1).Order()];
        return ((counted[(counted.Length - 1) / 2] + counted[counted.Length / 2]) / 2, peak - before);
    }

    /// <summary>Takes steps on data, and then measures the test set.</summary>
    /// <param name="spec">The spec; its first phase is measured.</param>
    /// <param name="data">The data.</param>
    /// <param name="steps">The steps after the first, which is not counted.</param>
    /// <param name="example">The seconds that the evaluation of an example takes.</param>
    /// <returns>The median seconds of a step.</returns>
    internal static double Seconds(ExperimentSpec spec, DatasetSplits data, int steps, out double example)
    {
        var seconds = new List<double>();
        long evaluated = 0;
        using var trainer = new Trainer(
            spec with { Steps = steps + 1, Epochs = steps + 1, EvaluateEvery = null, EvaluateTrain = null, CheckpointEvery = null }, data);
        trainer.StepDone += step => (seconds, evaluated) = ([.. seconds, step.Milliseconds / 1000], Stopwatch.GetTimestamp());
        trainer.Run();
        example = data.Test.Count > 0 ? Stopwatch.GetElapsedTime(evaluated).TotalSeconds / data.Test.Count : 0;
        return seconds.Skip(1).Order().ElementAt(steps / 2);
    }
}
