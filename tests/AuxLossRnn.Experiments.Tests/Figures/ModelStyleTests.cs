using AuxLossRnn.Figures;

namespace AuxLossRnn.Experiments.Tests.Figures;

public sealed class ModelStyleTests
{
    [Fact]
    public void Every_model_has_a_colour_of_its_own()
    {
        var styles = LossesByName.Models.Select(kind => ModelStyle.Of($"{kind}")).ToArray();

        Assert.Equal(styles.Length, styles.DistinctBy(style => style.Colour).Count());
        Assert.Equal(ModelStyle.All.Count, styles.Length);
    }

    [Theory]
    [InlineData("p-gru")]
    [InlineData("rp-irnn")]
    [InlineData("ink-lstm")]
    [InlineData("r+ink-mgu")]
    public void A_pair_without_a_style_of_its_own_has_the_same_one_every_time_and_no_known_models_colour(string model)
    {
        ModelStyle style = ModelStyle.Of(model);

        Assert.Equal(style, ModelStyle.Of(model));
        Assert.Equal(model, style.Model);
        Assert.DoesNotContain(style.Colour, ModelStyle.All.Select(known => known.Colour));
        Assert.Matches("^#[0-9a-f]{6}$", style.Colour);
    }

    [Fact]
    public void Such_pairs_are_told_apart() =>
        Assert.Equal(6, new[] { "r-gru", "p-gru", "rp-gru", "ink-lstm", "r-mgu", "ink-mgu" }.Select(ModelStyle.Of).Select(style => (style.Colour, style.Dash, style.Marker)).Distinct().Count());
}
