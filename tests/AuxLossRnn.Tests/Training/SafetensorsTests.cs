using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.Training;

[Collection(OneAtATime.Name)]
public sealed class SafetensorsTests
{
    [Fact]
    public void Tensors_of_every_kept_type_and_shape_come_back_as_they_were()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        (string, Tensor)[] saved =
        [
            ("f32", tensor(new[] { 1.5f, float.NegativeInfinity, float.Epsilon, -0f, 3, 4 }).reshape(2, 3)),
            ("f64", tensor(new[] { Math.PI, double.MaxValue }).reshape(2, 1, 1)),
            ("i64", tensor(new[] { long.MinValue, -1, long.MaxValue })),
            ("bf16", tensor(new[] { 1f, -2.5f, 0.1f }).to(ScalarType.BFloat16)),
            ("scalar", tensor(7.25f)),
            ("empty", zeros(0, 3)),
            ("transposed", arange(6, ScalarType.Float32).reshape(2, 3).t()),
            ("weight", nn.Parameter(ones(2))),
        ];
        Safetensors.Save(folder["file"], saved, new Dictionary<string, string> { ["ä"] = "ü \"\n" });
        var (tensors, metadata) = Safetensors.Load(folder["file"]);

        Assert.Equal("ü \"\n", Assert.Single(metadata, entry => entry.Key == "ä").Value);
        Assert.Equal(saved.Length, tensors.Count);
        foreach ((string name, Tensor tensor) in saved)
        {
            Assert.Equal(tensor.dtype, tensors[name].dtype);
            Assert.Equal(tensor.shape, tensors[name].shape);
            Assert.Equal(tensor.contiguous().bytes.ToArray(), tensors[name].bytes.ToArray());
        }
    }

    [Fact]
    public void A_reader_of_the_format_reads_the_same_types_shapes_and_numbers()
    {
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        Safetensors.Save(
            folder["file"],
            [
                ("b", tensor(new[] { 1f, 2, 3, 4, 5, 6 }).reshape(3, 2).t()), ("a", tensor(3.0)), ("c", zeros(2, 0, ScalarType.Int64)),
                ("d", tensor(1f).to(ScalarType.BFloat16)),
            ],
            new Dictionary<string, string> { ["format"] = "pt" });
        SafetensorsFile file = SafetensorsReader.Read(folder["file"]);

        Assert.Equal("pt", file.Metadata["format"]);
        Assert.Equal(("F64", "[]"), Describe(file.Tensors["a"]));
        Assert.Equal(3.0, BitConverter.ToDouble(file.Tensors["a"].Bytes));
        Assert.Equal(("F32", "[2,3]"), Describe(file.Tensors["b"]));
        Assert.Equal([1f, 3, 5, 2, 4, 6], file.Tensors["b"].Bytes.Chunk(4).Select(bytes => BitConverter.ToSingle(bytes)));
        Assert.Equal(("I64", "[2,0]"), Describe(file.Tensors["c"]));
        Assert.Equal(("BF16", "[]"), Describe(file.Tensors["d"]));
        Assert.Equal(new byte[] { 0x80, 0x3f }, file.Tensors["d"].Bytes);
    }

    [Fact]
    public void A_runs_weights_have_the_names_and_shapes_of_pytorch()
    {
        using var folder = new TemporaryFolder();
        ExperimentSpec spec = TinyRun.Spec with
        {
            Model = ModelName.RpLstm,
            Steps = 1,
            Encoding = InputEncoding.Linear,
            EncodingSize = 3,
            AuxiliaryHidden = 6,
            TokenLoss = TokenLoss.CrossEntropy,
        };
        RunFolder run = RunFolder.Open(folder["run"], spec, resume: false);
        using var trainer = new Trainer(spec, TinyRun.Data, run);
        trainer.Run();
        SafetensorsFile file = SafetensorsReader.Read(run.LastWeightsPath);

        // H = 4, so gates are 16; auxiliary H' = 6, so gates are 24; M = 5; E = 3; F = 1; 256 levels; 10 classes.
        string[] expected =
        [
            "classifier.hidden.bias [5]", "classifier.hidden.weight [5,4]", "classifier.output.bias [10]", "classifier.output.weight [10,5]",
            "encoder.input.bias [3]", "encoder.input.weight [3,1]",
            .. Lstm("encoder", 0, 16, 3, 4),
            "prediction.hidden.bias [5]", "prediction.hidden.weight [5,6]",
            .. Lstm("prediction", 0, 24, 4, 6), .. Lstm("prediction", 1, 24, 6, 6),
            "prediction.output.bias [256]", "prediction.output.weight [256,5]",
            "reconstruction.hidden.bias [5]", "reconstruction.hidden.weight [5,6]",
            "reconstruction.input.bias [3]", "reconstruction.input.weight [3,1]",
            .. Lstm("reconstruction", 0, 24, 3, 6), .. Lstm("reconstruction", 1, 24, 6, 6),
            "reconstruction.output.bias [256]", "reconstruction.output.weight [256,5]",
        ];
        Assert.Equal(
            expected.Order(StringComparer.Ordinal),
            file.Tensors.Values.Select(tensor => $"{tensor.Name} {Describe(tensor).Shape}").Order(StringComparer.Ordinal));
        Assert.All(file.Tensors.Values, tensor => Assert.Equal("F32", tensor.DataType));
        Assert.Equal("1", file.Metadata["step"]);

        // The numbers are the model's.
        var weights = TinyRun.Weights(trainer.Model);
        Assert.All(file.Tensors, entry => Assert.Equal(
            weights[entry.Key], entry.Value.Bytes.Chunk(4).Select(bytes => BitConverter.ToSingle(bytes))));
    }

    private static string[] Lstm(string owner, int layer, int gates, int inputs, int hidden) =>
    [
        $"{owner}.lstm.bias_hh_l{layer} [{gates}]", $"{owner}.lstm.bias_ih_l{layer} [{gates}]",
        $"{owner}.lstm.weight_hh_l{layer} [{gates},{hidden}]", $"{owner}.lstm.weight_ih_l{layer} [{gates},{inputs}]",
    ];

    private static (string Type, string Shape) Describe(SafetensorsTensor tensor) =>
        (tensor.DataType, $"[{string.Join(',', tensor.Shape)}]");
}
