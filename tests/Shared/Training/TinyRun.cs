using System.Text.RegularExpressions;
using AuxLossRnn.Data;
using AuxLossRnn.Models;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests;

/// <summary>Drawn digits of 4 × 4 pixels and specs that train on them in milliseconds.</summary>
internal static partial class TinyRun
{
    /// <summary>30 examples to train on, 10 to validate, 12 to test.</summary>
    public static DatasetSplits Data { get; } = DatasetCatalog.Open(
        new DatasetRequest("stroke-digits", Side: 4, TrainLimit: 40, TestLimit: 12, ValidationFraction: 0.25), new DataRoot("nowhere"));

    /// <summary>Two epochs of six steps, the first of them pretraining; evaluated every second step.</summary>
    public static ExperimentSpec Spec { get; } = new()
    {
        Side = 4,
        Encoding = InputEncoding.Raw,
        Hidden = 4,
        FeedForwardHidden = 5,
        Truncation = Truncation.Last(6),
        AuxiliaryTruncation = Truncation.Last(3),
        Segment = 5,
        Batch = 5,
        PretrainEpochs = 1,
        Epochs = 1,
        EvaluateEvery = 2,
    };

    /// <summary>The same of any model; a Transformer has no truncation and divides its width among heads.</summary>
    public static ExperimentSpec Of(ModelName model) => model == ModelName.Transformer
        ? Spec with { Model = model, Truncation = Truncation.Full, Hidden = TransformerEncoder.HiddenMultiple }
        : Spec with { Model = model };

    /// <summary>The weights, by name.</summary>
    public static Dictionary<string, float[]> Weights(nn.Module model) =>
        model.named_parameters().ToDictionary(entry => entry.name, entry => entry.parameter.data<float>().ToArray());

    /// <summary>The metrics of a run without the times, which differ between equal runs.</summary>
    public static string Metrics(RunFolder folder)
    {
        string text = File.ReadAllText(folder.MetricsPath);
        Assert.Contains("\"milliseconds\":", text);
        Assert.Contains("\"milliseconds_data\":", text);
        return Milliseconds().Replace(text, "");
    }

    [GeneratedRegex("\"milliseconds(_data)?\":[^,}]*")]
    private static partial Regex Milliseconds();
}
