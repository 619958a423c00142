using System.Globalization;
using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Sequences;
using AuxLossRnn.Specs;
using AuxLossRnn.Training;
using AuxLossRnn.Training.Runs;
using static TorchSharp.torch;

namespace AuxLossRnn.Data.Tests;

[Collection(OneAtATime.Name)]
public sealed class OwnSequencesTrainingTests : IDisposable
{
    private static readonly ExperimentSpec Spec = TinyRun.Spec with
    {
        Dataset = "slopes",
        Side = null,
        Encoding = InputEncoding.Linear,
        EncodingSize = 3,
        ValidationFraction = 0,
    };

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<ModelName, InputEncoding, TokenLoss, bool> Ways { get; } = new(
        from model in LossesByName.All
        from encoding in Enum.GetValues<InputEncoding>()
        from loss in Enum.GetValues<TokenLoss>()
        from tokens in new[] { false, true }
        where !tokens || (encoding == InputEncoding.Embedding && loss == TokenLoss.CrossEntropy) // characters are no amounts
        select (model, encoding, loss, tokens));

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Category", "Slow")]
    public void Every_model_trains_on_real_channels_and_on_tokens(ModelName model, InputEncoding encoding, TokenLoss loss, bool tokens)
    {
        DatasetSplits data = tokens ? Letters() : Slopes().Split();
        ExperimentSpec sizes = TinyRun.Of(model);
        using var trainer = new Trainer(
            Spec with { Model = model, Encoding = encoding, TokenLoss = loss, Hidden = sizes.Hidden, Truncation = sizes.Truncation }, data);

        Assert.Equal(RunStatus.Finished, trainer.Run().Status);
        Assert.Equal(tokens ? 3 : 256, data.Train.Format!.Levels);
        if (model.Losses.Contains(ModelName.Reconstruction) && trainer.Model.Reconstruction is [var decoder] && loss == TokenLoss.CrossEntropy)
        {
            long outputs = decoder.named_parameters().Single(entry => entry.name == "output.bias").parameter.shape[0];
            Assert.Equal(tokens ? 3 : 2 * 256, outputs);
        }
    }

    [Fact]
    public void What_can_be_told_apart_at_the_last_step_is_learnt_and_predicted_by_name()
    {
        DatasetSplits data = Slopes().Split();
        using var trainer = new Trainer(Learning, data);
        trainer.Run();

        Predictions tested = trainer.Predict(data.Test);
        Assert.InRange(tested.Accuracy, 0.9, 1);
        Assert.Equal(trainer.Predict(data.Test).Accuracy, Evaluator.Run(trainer.Model, data.Test, CPU).Accuracy, 1e-12);
        Assert.Equal(data.Test.Count, tested.Confusion().Sum(row => row.Sum()));
        Assert.Equal(tested.Accuracy, (double)Enumerable.Range(0, 2).Sum(c => tested.Confusion()[c][c]) / data.Test.Count, 1e-12);

        // New sequences come as the reader measured them, not scaled.
        Predictions predicted = trainer.Predict(OwnSequences.FromArrays([Slope(1, 0.3), Slope(-1, 0.3)]));
        Assert.Equal(["up", "down"], predicted.Names);
        Assert.All(predicted.Probabilities, row => Assert.Equal(1, row.Sum(), 1e-5f));
        Assert.All(predicted.Probabilities, row => Assert.InRange(row.Max(), 0.5, 1));
        Assert.Equal(double.NaN, predicted.Accuracy);
        Assert.Equal([-1, -1], predicted.Labels);
    }

    [Theory]
    [InlineData("r-lstm")]
    [InlineData("p-lstm")]
    [InlineData("rp-lstm")]
    public void A_batch_of_sequences_of_one_step_is_trained_on_without_an_auxiliary_loss(ModelName model)
    {
        // Batches are made of nearly equal lengths: those of one step come together.
        double[][] sequences = [.. Enumerable.Range(0, 60).Select(i => Enumerable.Range(0, i % 6 == 0 ? 1 : 8).Select(t => (double)(i % 2 * t)).ToArray())];
        DatasetSplits data = OwnSequences.FromArrays(sequences, sequences.Select((_, i) => i % 2).ToArray(), lengthsDiffer: true).Split();
        ExperimentSpec spec = TinyRun.Of(model) with { Dataset = "steps", Side = null, Segment = 4, Batch = 4, ClipNorm = 1 };
        using var trainer = new Trainer(spec, data);
        var steps = new List<StepMetrics>();
        trainer.StepDone += steps.Add;

        Assert.Equal(RunStatus.Finished, trainer.Run().Status);
        StepMetrics[] without = [.. steps.Where(step => step.LossAuxiliary is null)];
        Assert.All(without, step => Assert.Equal(step.Phase == TrainingPhase.Joint, step.LossSupervised is not null));
        Assert.All(without, step => Assert.Equal(step.Phase == TrainingPhase.Joint, step.GradientNorm > 0));
        Assert.Equal(2, without.Select(step => step.Phase).Distinct().Count());
    }

    [Fact]
    public void A_run_folder_predicts_in_another_process_what_the_trainer_predicted()
    {
        DatasetSplits data = Slopes().Split();
        var folder = RunFolder.Open(_folder["run"], Learning, resume: false);
        using var trainer = new Trainer(Learning, data, folder);
        trainer.Run();
        var others = OwnSequences.FromArrays([Slope(1, 0.3), Slope(-1, 0.1)]);
        using var last = Predictor.Open(_folder["run"], best: false);
        using var best = Predictor.Open(_folder["run"]);

        Assert.Equal(trainer.Predict(others).Probabilities, last.Predict(others).Probabilities);
        Assert.Equal(["up", "down"], best.Predict(others).Names);
        Assert.Equal($"{data.Train.Format}", $"{folder.ReadFormat()}");
        Assert.Contains("scaled to [0, 1] from the training part's", $"{folder.ReadFormat()}", StringComparison.Ordinal);
    }

    [Fact]
    public void Predictions_keep_the_names_of_their_sequences()
    {
        string path = _folder["long.csv"];
        File.WriteAllText(path, "id,t,x,class\n" + string.Concat(
            from i in Enumerable.Range(0, 60) from t in Enumerable.Range(0, 16) select $"one{i},{t},{(i % 2 == 0 ? t : -t)},{i % 2}\n"));
        DatasetSplits data = OwnSequences.FromLongCsv(path, "id", "t", "class").Split();
        using var trainer = new Trainer(Spec, data);
        Predictions predictions = trainer.Predict(data.Test);

        Assert.Equal(12, predictions.SequenceNames!.Distinct().Count());
        Assert.All(predictions.SequenceNames!.Zip(predictions.Labels), one => Assert.Equal(one.Second, int.Parse(one.First![3..], CultureInfo.InvariantCulture) % 2));
        Assert.Null(trainer.Predict(OwnSequences.FromArrays(new float[1, 16])).SequenceNames);
    }

    [Fact]
    public void A_run_with_parts_of_ones_own_predicts_with_the_same_parts()
    {
        ExperimentSpec spec = Spec with { Model = "near-lstm" };
        ModelParts parts = ModelParts.Of(spec, null, ModelParts.Reconstruction(spec, "near"));
        DatasetSplits data = Slopes().Split();
        using var trainer = new Trainer(spec, data, RunFolder.Open(_folder["run"], spec, resume: false), parts: parts);
        trainer.Run();
        using var predictor = Predictor.Open(_folder["run"], best: false, parts: parts);

        Assert.Equal(trainer.Predict(data.Test).Probabilities, predictor.Predict(data.Test).Probabilities);
        Assert.Contains("Hand yours", Refusal(() => Predictor.Open(_folder["run"])), StringComparison.Ordinal);
        ModelParts others = ModelParts.Of(TinyRun.Of("r-lstm"));
        Assert.Contains("'reconstruction' is handed", Refusal(() => Predictor.Open(_folder["run"], parts: others)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_predictor_that_was_disposed_of_says_so()
    {
        using var trainer = new Trainer(Spec, Slopes().Split(), RunFolder.Open(_folder["run"], Spec, resume: false));
        trainer.Run();
        var predictor = Predictor.Open(_folder["run"]);
        predictor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(OwnSequences.FromArrays([Slope(1, 0.3)])));
    }

    [Fact]
    public void Characters_are_predicted_from_a_run_folder()
    {
        DatasetSplits data = Letters();
        ExperimentSpec spec = Spec with { Encoding = InputEncoding.Embedding };
        using (var trainer = new Trainer(spec, data, RunFolder.Open(_folder["run"], spec, resume: false)))
        {
            trainer.Run();
        }

        Assert.Contains("symbols and not amounts", Refusal(() => new Trainer(Spec, data)), StringComparison.Ordinal);
        Assert.Contains("no squared error", Refusal(() => new Trainer(spec with { TokenLoss = TokenLoss.SquaredError }, data)), StringComparison.Ordinal);
        using var predictor = Predictor.Open(_folder["run"]);
        Assert.Single(predictor.Predict(OwnSequences.FromTokens(["aaaaaaaaaaaaaaaa"])).Names);
        Assert.Contains("the characters abc", Refusal(() => predictor.Predict(OwnSequences.FromTokens(["aaaaaaaaaaaaaaad"]))), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Ways))]
    [Trait("Category", "Slow")]
    public void Sequences_of_differing_lengths_are_predicted_as_each_is_alone(ModelName model, InputEncoding encoding, TokenLoss loss, bool tokens)
    {
        ExperimentSpec sizes = TinyRun.Of(model);
        ExperimentSpec spec = Spec with { Model = model, Encoding = encoding, TokenLoss = loss, Hidden = sizes.Hidden, Truncation = sizes.Truncation };
        DatasetSplits data = (tokens ? Words(40) : Waves(40)).Split();
        var folder = RunFolder.Open(_folder[$"{model}"], spec, resume: false);
        using (var trainer = new Trainer(spec, data, folder))
        {
            Assert.Equal(RunStatus.Finished, trainer.Run().Status);
        }

        using var predictor = Predictor.Open(folder.Path);
        IReadOnlyList<float[]> together = predictor.Predict(data.Test).Probabilities;
        for (int i = 0; i < data.Test.Count; i++)
        {
            float[] alone = predictor.Predict(data.Test.Subset([i])).Probabilities.Single();
            Assert.All(together[i].Zip(alone), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
        }

        // Longer and shorter than any that was trained on.
        OwnSequences others = tokens
            ? OwnSequences.FromTokens(["a", "abcabcabcabcabcabcabcabcabcabc"], lengthsDiffer: true)
            : OwnSequences.FromArrays([[[1.0, 2]], [.. Enumerable.Repeat(new[] { 3.0, 4 }, 40)]], lengthsDiffer: true);
        Assert.Equal(2, predictor.Predict(others).Names.Count);
    }

    [Fact]
    public void A_record_of_data_from_before_lengths_could_differ_is_read()
    {
        var folder = RunFolder.Open(_folder["run"], Spec, resume: false);
        SequenceFormat format = Slopes().Split().Train.Format!;
        folder.Begin(Spec, format: format).Dispose();
        string text = File.ReadAllText(folder.DataPath);
        string old = System.Text.RegularExpressions.Regex.Replace(text, ",\\s*\"lengths_differ\": false", "");
        Assert.NotEqual(text, old);
        File.WriteAllText(folder.DataPath, old);

        Assert.False(folder.ReadFormat()!.LengthsDiffer);
        folder.Begin(Spec, format: format).Dispose();
        Assert.Equal(text, File.ReadAllText(folder.DataPath));
    }

    [Fact]
    public void A_run_does_not_go_on_with_other_data_of_the_same_shape()
    {
        float[][] values = [.. Enumerable.Range(0, 40).Select(i => Enumerable.Range(0, 16).Select(t => (float)((t * (1 + i % 2) + i) % 7)).ToArray())];
        int[] labels = [.. Enumerable.Range(0, 40).Select(i => i % 2)];
        var folder = RunFolder.Open(_folder["run"], Spec, resume: false);
        folder.Begin(Spec, format: Format(values, labels)).Dispose();

        float[][] others = [.. values.Select(one => one.ToArray())];
        others[3][2] = others[3][2] == 1 ? 2 : 1;
        int[] swapped = [.. labels];
        (swapped[4], swapped[5]) = (swapped[5], swapped[4]);
        foreach (SequenceFormat other in new[] { Format(others, labels), Format(values, swapped) })
        {
            Assert.Equal($"{Format(values, labels)}", $"{other}");
            Assert.Contains("trained on other data", Refusal(() => Written(other)), StringComparison.Ordinal);
            Assert.Contains("the values and labels of the training part", Refusal(() => Written(other)), StringComparison.Ordinal);
        }

        string text = File.ReadAllText(folder.DataPath);
        Assert.Equal(text, File.ReadAllText(Written(Format(values, labels))));

        // An earlier version kept no hash.
        File.WriteAllText(folder.DataPath, System.Text.RegularExpressions.Regex.Replace(text, ",\\s*\"training_sha256\": \"[0-9a-f]{64}\"", ""));
        Assert.Null(folder.ReadFormat()!.TrainingSha256);
        Assert.Equal(text, File.ReadAllText(Written(Format(values, labels))));

        static SequenceFormat Format(float[][] values, int[] labels)
        {
            var own = OwnSequences.FromArrays(values, labels);
            return own.Split(own, own).Train.Format!;
        }

        string Written(SequenceFormat format)
        {
            folder.Begin(Spec, format: format).Dispose();
            return folder.DataPath;
        }
    }

    [Fact]
    public void A_run_goes_on_with_the_same_split_only()
    {
        OwnSequences own = Slopes();
        using (var trainer = new Trainer(Spec with { Steps = 2 }, own.Split(), RunFolder.Open(_folder["run"], Spec with { Steps = 2 }, resume: false)))
        {
            trainer.Run();
        }

        var folder = RunFolder.Open(_folder["run"], Spec, resume: true);
        Assert.Contains("another split", Refusal(() => new Trainer(Spec, own.Split(seed: 2), folder)), StringComparison.Ordinal);
        using var again = new Trainer(Spec, own.Split(), folder);
        Assert.Equal(2, again.Resume());
        Assert.Equal(RunStatus.Finished, again.Run().Status);
    }

    [Fact]
    public void A_run_goes_on_with_the_same_data_in_another_place()
    {
        string text = string.Join("\n", Enumerable.Range(0, 40).Select(i => $"{i % 2},{string.Join(",", Enumerable.Range(0, 16).Select(t => (t * (1 + i % 2) + i) % 7))}"));
        string[] places = [_folder["a.csv"], _folder["b.csv"]];
        foreach (string place in places)
        {
            File.WriteAllText(place, text);
            ExperimentSpec spec = Spec with { Steps = place == places[0] ? 2 : 3 };
            using var trainer = new Trainer(spec, OwnSequences.FromCsv(place, 0, header: false).Split(), RunFolder.Open(_folder["run"], spec, resume: true));
            trainer.Resume();
            Assert.Equal(spec.Steps, trainer.Run().Steps);
        }
    }

    [Fact]
    public void A_spec_may_not_claim_another_dataset_for_own_sequences()
    {
        DatasetSplits data = Slopes().Split();

        Assert.Contains("Dataset = \"my-data\"", Refusal(() => new Trainer(Spec with { Dataset = "mnist" }, data)), StringComparison.Ordinal);
        Assert.Contains("change nothing in arrays", Refusal(() => new Trainer(Spec with { Side = 4 }, data)), StringComparison.Ordinal);
        Assert.Contains("change nothing in arrays", Refusal(() => new Trainer(Spec with { TrainLimit = 4 }, data)), StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_of_the_kit_s_datasets_cannot_read_own_sequences()
    {
        using var trainer = new Trainer(TinyRun.Spec, TinyRun.Data, RunFolder.Open(_folder["run"], TinyRun.Spec, resume: false));
        trainer.Run();

        Assert.Contains("train on sequences of your own", Refusal(() => trainer.Predict(OwnSequences.FromArrays(new float[1, 16]))), StringComparison.Ordinal);
        Assert.Contains("no data.json", Refusal(() => Predictor.Open(_folder["run"])), StringComparison.Ordinal);
        Assert.Equal(12, trainer.Predict(TinyRun.Data.Test).Classes.Count);
        Assert.Equal(["0", "1", "2"], trainer.Predict(TinyRun.Data.Test).ClassNames.Take(3));
    }

    [Fact]
    public void A_damaged_record_of_the_data_is_refused()
    {
        RunFolder.Open(_folder["run"], Spec, resume: false).Begin(Spec, format: Slopes().Split().Train.Format!).Dispose();
        File.WriteAllText(Path.Combine(_folder["run"], "data.json"), "{");
        Assert.Contains("is not a record of the data", Refusal(() => Predictor.Open(_folder["run"])), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(?s).*", "{}", "it has no source or no split")]
    [InlineData("\"levels\": 256", "\"levels\": -5", "levels is -5, but must be 2 to 256")]
    [InlineData("\"steps\": 16", "\"steps\": 0", "steps is 0")]
    [InlineData("\"features\": 2", "\"features\": 3", "minimum, maximum, offset, divisor and fill must be 3 numbers each")]
    [InlineData("\"minimum\": \\[[^]]*\\]", "\"minimum\": null", "minimum, maximum, offset, divisor and fill must be 2 numbers each")]
    [InlineData("\"class_names\": \\[[^]]*\\]", "\"class_names\": [\"up\", null]", "class_names must be two or more names")]
    [InlineData("\"alphabet\": null", "\"alphabet\": null, \"more\": 1", "more")]
    public void A_record_of_the_data_that_cannot_be_is_refused(string pattern, string replacement, string sentence)
    {
        var folder = RunFolder.Open(_folder["run"], Spec, resume: false);
        folder.Begin(Spec, format: Slopes().Split().Train.Format!).Dispose();
        string text = File.ReadAllText(folder.DataPath);
        string changed = new System.Text.RegularExpressions.Regex(pattern).Replace(text, replacement, 1);
        Assert.NotEqual(text, changed);
        File.WriteAllText(folder.DataPath, changed);
        string message = Refusal(() => Predictor.Open(_folder["run"]));

        Assert.Contains("data.json is not a record of the data", message, StringComparison.Ordinal);
        Assert.Contains(sentence, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predicting_keeps_no_tensor()
    {
        DatasetSplits data = Slopes().Split();
        using var trainer = new Trainer(Spec, data);
        trainer.Predict(data.Test);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        long before = Tensor.TotalCount;
        trainer.Predict(data.Test);

        Assert.Equal(before, Tensor.TotalCount);
    }

    private static ExperimentSpec Learning => Spec with
    {
        Model = ModelName.Lstm,
        Hidden = 8,
        Optimiser = OptimiserKind.Adam,
        LearningRate = 0.02,
        DropRate = 0,
        Epochs = 12,
        EvaluateEvery = null,
    };

    /// <summary>80 sequences of 16 steps and 2 channels: the first rises or falls, in hundreds; the second is noise.</summary>
    private static OwnSequences Slopes()
    {
        var random = new RandomStream(3, RandomPurpose.Drawing);
        string[] labels = [.. Enumerable.Range(0, 80).Select(i => i % 2 == 0 ? "down" : "up")];
        return OwnSequences.FromArrays(labels.Select(label => Slope(label == "up" ? 1 : -1, random.NextDouble())).ToArray(), labels);
    }

    private static double[][] Slope(int sign, double offset) =>
        [.. Enumerable.Range(0, 16).Select(t => new[] { 100 * (5 + offset + 0.5 * sign * t), Math.Sin(t + 50 * offset) })];

    private static OwnSequences Words(int count) => OwnSequences.FromTokens(
        Enumerable.Range(0, count).Select(i => string.Concat(Enumerable.Range(0, 1 + i * 7 % 16).Select(t => "abc"[(t + i) % 3]))).ToArray(),
        Enumerable.Range(0, count).Select(i => i % 2).ToArray(), lengthsDiffer: true);

    private static OwnSequences Waves(int count) => OwnSequences.FromArrays(
        Enumerable.Range(0, count).Select(i => Enumerable.Range(0, 1 + i * 7 % 16).Select(t => new[] { Math.Sin(t + i), t }).ToArray()).ToArray(),
        Enumerable.Range(0, count).Select(i => i % 2).ToArray(), lengthsDiffer: true);

    private static DatasetSplits Letters()
    {
        string[] texts = [.. Enumerable.Range(0, 40).Select(i => string.Concat(Enumerable.Range(0, 16).Select(t => "abc"[(t * (1 + i % 2) + i) % 3])))];
        return OwnSequences.FromTokens(texts, Enumerable.Range(0, 40).Select(i => i % 2).ToArray()).Split();
    }

    private static string Refusal(Func<object> act) => Assert.Throws<UserException>(act).Message;
}
