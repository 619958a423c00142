using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Training.Runs;

namespace AuxLossRnn.Experiments.Tests;

public sealed class MultiplyAddsTests
{
    private static readonly ExperimentSpec Spec = new()
    {
        Model = ModelName.Lstm,
        Encoding = InputEncoding.Raw,
        Hidden = 10,
        FeedForwardHidden = 7,
        Batch = 2,
        Truncation = Truncation.Last(3),
        AuxiliaryTruncation = Truncation.Last(5),
        Segment = 4,
        TokenLoss = TokenLoss.SquaredError,
    };

    // By hand, T = 8, F = 1, C = 3. A step of the LSTM: 4 · 10 · (1 + 10) = 440. The classifier: 10 · 7 + 7 · 3 = 91.
    // A step of the decoder: 4 · 10 · 11 + 4 · 10 · 20 + 10 · 7 + 7 = 440 + 800 + 77 = 1,317; of the predictor, which reads ten numbers: 800 + 800 + 77 = 1,677.
    // Anchors of r are 4 … 7, of p 0 … 3; r goes back 4, 5, 5, 5 steps, mean 4.75, and reads 5.5; p goes back 4, and reads 1.5 + 4.
    [Theory]
    [InlineData("lstm", TrainingPhase.Joint, 2 * (8 * 440 + 2 * 3 * 440 + 3 * 91))]
    [InlineData("r-lstm", TrainingPhase.Joint, 2 * (8 * 440 + 2 * 3 * 440 + 3 * 91 + 3 * 4 * 1317 + 2 * 440 * 4.75))]
    [InlineData("r-lstm", TrainingPhase.Pretraining, 2 * (5.5 * 440 + 3 * 4 * 1317 + 2 * 440 * 4.75))]
    [InlineData("p-lstm", TrainingPhase.Pretraining, 2 * (5.5 * 440 + 3 * 4 * 1677 + 2 * 440 * 4))]
    [InlineData("gru", TrainingPhase.Joint, 2 * (8 * 330 + 2 * 3 * 330 + 3 * 91))]
    public void A_step_costs_what_its_products_do(string model, TrainingPhase phase, double expected) =>
        Assert.Equal(expected, MultiplyAdds.OfStep(Spec with { Model = model }, 8, 1, 3, phase), 1e-9);

    [Fact]
    public void A_linear_encoding_cross_entropy_and_full_backpropagation_cost_more()
    {
        // A step with a projection to 6: 6 + 4 · 10 · 16 = 646. The decoder's: 6 + 640 + 800 + 70 + 7 · 256 = 3,308. Back from 4 … 7: 5.5.
        ExperimentSpec spec = Spec with
        {
            Model = ModelName.RLstm,
            Encoding = InputEncoding.Linear,
            EncodingSize = 6,
            TokenLoss = TokenLoss.CrossEntropy,
            Truncation = Truncation.Full,
            AuxiliaryTruncation = Truncation.Full,
        };
        Assert.Equal(2 * (3 * 8 * 646 + 3 * 91 + 3 * 4 * 3308 + 2 * 646 * 5.5), MultiplyAdds.OfStep(spec, 8, 1, 3, TrainingPhase.Joint), 1e-9);
    }

    [Fact]
    public void A_run_costs_its_steps_of_each_phase()
    {
        MeasuredResult any = ResultTables.ReadResults(Path.Combine(Checkout.Folder, "data", "results"))[0].Result;
        MeasuredResult run = any with
        {
            Config = Spec with { Model = ModelName.RLstm, PretrainEpochs = 1, Epochs = 3 },
            Summary = any.Summary with { Steps = 400 },
        };
        double pretraining = MultiplyAdds.OfStep(run.Config, 8, 1, 3, TrainingPhase.Pretraining);
        double joint = MultiplyAdds.OfStep(run.Config, 8, 1, 3, TrainingPhase.Joint);

        Assert.Equal([50 * pretraining, 100 * pretraining, 100 * pretraining + 300 * joint], [.. new[] { 50, 100, 400 }.Select(done => MultiplyAdds.OfRun(run, done, 8, 1, 3))], (a, b) => Math.Abs(a / b - 1) < 1e-12);
    }

    [Fact]
    public void Other_encoders_are_refused() =>
        Assert.Contains("transformer", Assert.Throws<UserException>(() => MultiplyAdds.OfStep(Spec with { Model = ModelName.Transformer }, 8, 1, 3, TrainingPhase.Joint)).Message, StringComparison.Ordinal);
}
