using System.Text.Json;
using AuxLossRnn.Runtime;
using AuxLossRnn.Specs;
using AuxLossRnn.Tests.Plugins;
using AuxLossRnn.Training;

namespace AuxLossRnn.Tests.Specs;

/// <summary>A model's name, and the parts that it names.</summary>
public sealed class ModelNameTests
{
    [Theory]
    [InlineData("lstm", "lstm", "lstm")]
    [InlineData("r-lstm", "r-lstm", "lstm", "reconstruction")]
    [InlineData("p-gru", "p-gru", "gru", "prediction")]
    [InlineData("rp-irnn", "rp-irnn", "irnn", "reconstruction", "prediction")]
    [InlineData("pr-lstm", "rp-lstm", "lstm", "reconstruction", "prediction")]
    [InlineData("r+p-lstm", "rp-lstm", "lstm", "reconstruction", "prediction")]
    [InlineData("reconstruction-lstm", "r-lstm", "lstm", "reconstruction")]
    [InlineData("reconstruction+prediction-urnn", "rp-urnn", "urnn", "reconstruction", "prediction")]
    [InlineData("ink-lstm", "ink-lstm", "lstm", "ink")]
    [InlineData("r+ink-mgu", "r+ink-mgu", "mgu", "reconstruction", "ink")]
    [InlineData("ink+r-mgu", "ink+r-mgu", "mgu", "ink", "reconstruction")]
    [InlineData("near_2+far-lstm3", "near_2+far-lstm3", "lstm3", "near_2", "far")]
    [InlineData("r", "r", "r")]
    public void A_name_is_its_losses_and_its_encoder_and_comes_back_from_json(string text, string shortest, string encoder, params string[] losses)
    {
        var name = ModelName.Parse(text);

        Assert.Equal(shortest, $"{name}");
        Assert.Equal(encoder, name.Encoder);
        Assert.Equal(losses, name.Losses);
        Assert.Equal(name, ModelName.Parse($"{name}"));
        Assert.Equal(name.GetHashCode(), ModelName.Parse($"{name}").GetHashCode());
        Assert.Equal($"\"{shortest}\"", JsonSerializer.Serialize(name, KitJson.Line).Replace("\\u002B", "+", StringComparison.Ordinal));
        Assert.Equal(name, JsonSerializer.Deserialize<ModelName>(JsonSerializer.Serialize(name, KitJson.Line), KitJson.Line));
        ExperimentSpec spec = new() { Model = name };
        Assert.Equal(spec, JsonSerializer.Deserialize<ExperimentSpec>(JsonSerializer.Serialize(spec, KitJson.Indented), KitJson.Indented));
    }

    [Theory]
    [InlineData("")]
    [InlineData("-lstm")]
    [InlineData("r-")]
    [InlineData("R-LSTM")]
    [InlineData("r-lstm-2")]
    [InlineData("r+-lstm")]
    [InlineData("+r-lstm")]
    [InlineData("r lstm")]
    [InlineData("r-lstm ")]
    [InlineData("r-lstm\n")]
    [InlineData("2-lstm")]
    [InlineData("r/p-lstm")]
    [InlineData("größe-lstm")]
    public void What_is_no_name_is_refused_with_what_one_looks_like(string text)
    {
        string message = Assert.Throws<UserException>(() => ModelName.Parse(text)).Message;

        Assert.StartsWith($"'{text}' is no model: give an encoder such as lstm or gru, or losses, a dash and an encoder, such as r-lstm", message);
    }

    [Theory]
    [InlineData("r+r-lstm")]
    [InlineData("r+reconstruction-lstm")]
    [InlineData("ink+r+ink-lstm")]
    public void Two_losses_of_one_name_are_refused(string text) =>
        Assert.Contains("Give two losses of one kind two names", Assert.Throws<UserException>(() => ModelName.Parse(text)).Message);

    [Fact]
    public void Parts_that_the_model_does_not_name_are_refused_with_the_name_to_write()
    {
        string Refused(string model, Func<ExperimentSpec, ModelParts> parts) =>
            Assert.Throws<UserException>(() => parts(new ExperimentSpec { Model = model })).Message;

        Assert.EndsWith("spec with { Model = \"r+ink-lstm\" }.", Refused("r-lstm", spec => ModelParts.Of(spec, null, InkLoss.Part)));
        Assert.EndsWith("spec with { Model = \"ink-lstm\" }.", Refused("lstm", spec => ModelParts.Of(spec, null, InkLoss.Part)));
        Assert.EndsWith("spec with { Model = \"rp-mgu\" }.", Refused("rp-lstm", spec => ModelParts.Of(spec, MguEncoder.Part)));
        Assert.EndsWith("spec with { Model = \"mgu\" }.", Refused("gru", spec => ModelParts.Of(spec, MguEncoder.Part)));
        string message = Refused("r-lstm", spec => ModelParts.Of(spec, null, InkLoss.Part));
        Assert.Contains("The loss 'ink' is handed to the trainer, but the spec's model is 'r-lstm'", message);
        Assert.Contains("The encoder 'mgu' is handed to the trainer, but the spec's model is 'gru'", Refused("gru", spec => ModelParts.Of(spec, MguEncoder.Part)));
    }

    [Fact]
    public void Names_without_a_part_are_refused_with_what_to_hand_over()
    {
        string Refused(string model) => Assert.Throws<UserException>(() => ModelParts.Of(new ExperimentSpec { Model = model })).Message;

        Assert.Contains("'mgu', which is none of the kit's (lstm, gru, irnn, urnn, transformer)", Refused("r-mgu"));
        Assert.Contains("ModelParts.Of(spec, encoder)", Refused("r-mgu"));
        Assert.Contains("'ink', which is none of the kit's (r, p)", Refused("r+ink-lstm"));
        Assert.Contains("ModelParts.Of(spec, null, loss)", Refused("r+ink-lstm"));
    }

    [Fact]
    public void The_trainer_refuses_parts_that_its_spec_does_not_name()
    {
        ModelParts parts = StrangerRun.Parts;

        Assert.Contains("spec with { Model = ", Assert.Throws<UserException>(() => new Trainer(TinyRun.Spec, TinyRun.Data, parts: parts)).Message);
        Assert.Contains("spec with { Model = ", Assert.Throws<UserException>(() => new Trainer(TinyRun.Spec with { Model = "r-mgu" }, TinyRun.Data, parts: parts)).Message);
        Assert.Contains("ModelParts.Of(spec, null, loss)", Assert.Throws<UserException>(
            () => new Trainer(TinyRun.Spec with { Model = "ink-lstm" }, TinyRun.Data)).Message);
    }

    [Fact]
    public void The_parts_are_in_the_names_order_and_a_part_of_ones_own_may_take_the_kits_place()
    {
        ExperimentSpec spec = new() { Model = "ink+r-lstm" };
        ModelParts parts = ModelParts.Of(spec, null, ModelParts.Prediction(spec, ModelName.Reconstruction) with { Weight = 3 }, InkLoss.Part);

        Assert.Equal(["ink", "reconstruction"], parts.Losses.Select(loss => loss.Name));
        Assert.Equal([0.3, 3], parts.Losses.Select(loss => loss.Weight));
        Assert.Equal("lstm", parts.Encoder.Name);
    }
}
