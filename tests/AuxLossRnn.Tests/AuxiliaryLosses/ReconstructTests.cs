using AuxLossRnn.AuxiliaryLosses;
using AuxLossRnn.Models;
using AuxLossRnn.Specs;
using static TorchSharp.torch;

namespace AuxLossRnn.Tests.AuxiliaryLosses;

[Collection(OneAtATime.Name)]
public sealed class ReconstructTests
{
    [Theory]
    [InlineData(DecoderInputs.TeacherForcing)]
    [InlineData(DecoderInputs.FirstOnly)]
    [InlineData(DecoderInputs.FreeRunning)]
    public void Its_squared_distance_from_the_original_is_the_loss(DecoderInputs decoderInputs)
    {
        ExperimentSpec spec = TinyCase.TinySpec with
        {
            Model = ModelName.RLstm,
            TokenLoss = TokenLoss.SquaredError,
            DecoderInputs = decoderInputs,
        };
        using var scope = NewDisposeScope();
        using var tiny = new TinyCase(spec, 12, 3, 2).Draw();
        double loss = tiny.Run(supervised: false).Losses.Reconstruction!.item<double>();

        var pass = new MainPass(tiny.Model.Encoder, tiny.Batch);
        int anchor = tiny.Before[0].Anchor;
        pass.Run([anchor], []);
        (Tensor original, Tensor reconstructed) = tiny.Model.Reconstruction[0].Reconstruct(
            tiny.Batch, tiny.Before, spec.Segment, pass.StatesAt([.. tiny.Before.Select(segment => (segment.Example, segment.Anchor))], Truncation.Full)); // [L, R, F]

        Assert.False(reconstructed.requires_grad);
        Assert.Equal([spec.Segment, 3, 2], reconstructed.shape);
        Assert.Equal(loss, ((original - reconstructed).square().sum() / (3.0 * spec.Segment)).item<double>(), 1e-10);
    }

    [Fact]
    public void Its_levels_are_among_those_of_a_byte()
    {
        ExperimentSpec spec = TinyCase.TinySpec with { Model = ModelName.RLstm, TokenLoss = TokenLoss.CrossEntropy };
        using var scope = NewDisposeScope();
        using var tiny = new TinyCase(spec, 12, 3, 2).Draw();
        var pass = new MainPass(tiny.Model.Encoder, tiny.Batch);
        pass.Run([tiny.Before[0].Anchor], []);

        (_, Tensor reconstructed) = tiny.Model.Reconstruction[0].Reconstruct(
            tiny.Batch, tiny.Before, spec.Segment, pass.StatesAt([.. tiny.Before.Select(segment => (segment.Example, segment.Anchor))], Truncation.Full)); // [L, R, F]

        double[] levels = [.. (reconstructed * (TinyCase.Levels - 1)).data<double>()];
        Assert.All(levels, level => Assert.Equal(Math.Round(level), level, 1e-9));
    }
}
