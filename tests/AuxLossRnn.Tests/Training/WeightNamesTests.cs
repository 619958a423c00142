using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Tests.Training;

/// <summary>The names and shapes of the weights in a file: runs of earlier versions of the kit are read by them.</summary>
[Collection(OneAtATime.Name)]
public sealed class WeightNamesTests
{
    private const string Main =
        "classifier.hidden.bias[3] classifier.hidden.weight[3,4] classifier.output.bias[10] classifier.output.weight[10,3] "
        + "encoder.input.bias[2] encoder.input.weight[2,1] encoder.lstm.bias_hh_l0[16] encoder.lstm.bias_ih_l0[16] "
        + "encoder.lstm.weight_hh_l0[16,4] encoder.lstm.weight_ih_l0[16,2]";

    private const string Predicting =
        "?.hidden.bias[3] ?.hidden.weight[3,4] ?.lstm.bias_hh_l0[16] ?.lstm.bias_hh_l1[16] ?.lstm.bias_ih_l0[16] ?.lstm.bias_ih_l1[16] "
        + "?.lstm.weight_hh_l0[16,4] ?.lstm.weight_hh_l1[16,4] ?.lstm.weight_ih_l0[16,4] ?.lstm.weight_ih_l1[16,4] ?.output.bias[256] "
        + "?.output.weight[256,3]";

    private const string Reconstructing =
        "?.hidden.bias[3] ?.hidden.weight[3,4] ?.input.bias[2] ?.input.weight[2,1] ?.lstm.bias_hh_l0[16] ?.lstm.bias_hh_l1[16] "
        + "?.lstm.bias_ih_l0[16] ?.lstm.bias_ih_l1[16] ?.lstm.weight_hh_l0[16,4] ?.lstm.weight_hh_l1[16,4] ?.lstm.weight_ih_l0[16,2] "
        + "?.lstm.weight_ih_l1[16,4] ?.output.bias[256] ?.output.weight[256,3]";

    [Theory]
    [InlineData("lstm", 1, true)]
    [InlineData("r-lstm", 1, true, "reconstruction")]
    [InlineData("p-lstm", 1, true, "prediction")]
    [InlineData("rp-lstm", 1, true, "prediction", "reconstruction")]
    [InlineData("rp-lstm", 2, true, "prediction", "reconstruction")]
    [InlineData("r-lstm", 2, false, "reconstruction", "reconstruction1")]
    [InlineData("rp-lstm", 2, false, "prediction", "prediction1", "reconstruction", "reconstruction1")]
    public void They_are_those_of_earlier_versions(ModelName model, int anchors, bool shared, params string[] networks)
    {
        var spec = new ExperimentSpec
        {
            Model = model,
            Encoding = InputEncoding.Linear,
            EncodingSize = 2,
            Hidden = 4,
            FeedForwardHidden = 3,
            Anchors = anchors,
            SharedAuxiliaryNetwork = shared,
            TokenLoss = TokenLoss.CrossEntropy, // the default of earlier versions
        };
        using var folder = new TemporaryFolder();
        using var weights = new AuxiliaryLossModel(spec, 1, 10);
        WeightsFile.Save(folder["weights"], weights, 1, []);

        string[] expected =
        [
            Main,
            .. networks.Select(name => (name.StartsWith("prediction", StringComparison.Ordinal) ? Predicting : Reconstructing)
                .Replace("?", name, StringComparison.Ordinal)),
        ];
        Assert.Equal(
            string.Join(" ", expected).Split(' ').Order(StringComparer.Ordinal),
            SafetensorsReader.Read(folder["weights"]).Tensors.Select(entry => $"{entry.Key}[{string.Join(",", entry.Value.Shape)}]")
                .Order(StringComparer.Ordinal));
    }
}
